#!/bin/sh
# Runs one step of the deployment (cli/deployment.ts) from the folder of the project: deployment.sh <step> [options]
set -eu

stop() {
  printf '%s\n' "$1" >&2
  exit 1
}

step="${1:-}"
[ -n "$step" ] || stop 'Say which step: before, secrets or after.'
folder=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd) || stop 'The folder of the project cannot be found.'
cd -- "$folder" || stop "The folder $folder cannot be entered."

command -v node >/dev/null 2>&1 || stop 'Node is not installed: install version 20.19 or newer from https://nodejs.org.'
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
  stop "Node $(node --version) is too old: install version 20.19 or newer from https://nodejs.org."
if [ ! -f node_modules/.package-lock.json ] || [ ! -d node_modules/tsx ]; then
  stop 'The packages are not installed: run npm ci in the folder of the project, then start azd again.'
fi

exec node --import tsx cli/deployment.ts "$@"

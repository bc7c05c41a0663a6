#!/bin/sh
# After provisioning: what a template cannot make.
set -eu
exec "$(dirname -- "$0")/deployment.sh" secrets "$@"

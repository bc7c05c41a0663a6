#!/bin/sh
# Before anything is created: azd stops where this does not end with 0.
set -eu
exec "$(dirname -- "$0")/deployment.sh" before "$@"

#!/bin/sh
# After deployment: sign-in, subscriptions, canary, and what is left to do.
set -eu
exec "$(dirname -- "$0")/deployment.sh" after "$@"

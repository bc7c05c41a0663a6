# After deployment: sign-in, subscriptions, canary, and what is left to do.
$ErrorActionPreference = 'Stop'
& (Join-Path $PSScriptRoot 'deployment.ps1') 'after' @args
exit $LASTEXITCODE

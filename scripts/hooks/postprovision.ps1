# After provisioning: what a template cannot make.
$ErrorActionPreference = 'Stop'
& (Join-Path $PSScriptRoot 'deployment.ps1') 'secrets' @args
exit $LASTEXITCODE

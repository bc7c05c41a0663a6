# Before anything is created: azd stops where this does not end with 0.
$ErrorActionPreference = 'Stop'
& (Join-Path $PSScriptRoot 'deployment.ps1') 'before' @args
exit $LASTEXITCODE

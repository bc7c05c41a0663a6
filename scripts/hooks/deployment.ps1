#requires -Version 7.0
# Runs one step of the deployment (cli/deployment.ts) from the folder of the project: deployment.ps1 <step> [options]
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Stop-WithSentence([string] $Sentence) {
    [Console]::Error.WriteLine($Sentence)
    exit 1
}

if ($args.Count -eq 0) { Stop-WithSentence 'Say which step: before, secrets or after.' }
Set-Location -LiteralPath (Join-Path $PSScriptRoot '..' '..')

if (-not (Get-Command 'node' -CommandType Application -ErrorAction SilentlyContinue)) {
    Stop-WithSentence 'Node is not installed: install version 20.19 or newer from https://nodejs.org.'
}
$version = (& node '--version') -replace '^v', ''
if ($LASTEXITCODE -ne 0) { Stop-WithSentence 'Node cannot be run: install version 20.19 or newer from https://nodejs.org.' }
if ([version] ($version -replace '-.*$', '') -lt [version] '20.19') {
    Stop-WithSentence "Node v$version is too old: install version 20.19 or newer from https://nodejs.org."
}
if (-not ((Test-Path -LiteralPath 'node_modules/.package-lock.json') -and (Test-Path -LiteralPath 'node_modules/tsx'))) {
    Stop-WithSentence 'The packages are not installed: run npm ci in the folder of the project, then start azd again.'
}

& node '--import' 'tsx' 'cli/deployment.ts' @args
exit $LASTEXITCODE

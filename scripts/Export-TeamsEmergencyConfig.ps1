#requires -Version 7.0
#requires -Modules @{ ModuleName = 'MicrosoftTeams'; ModuleVersion = '5.0.1' }
<#
.SYNOPSIS
Exports what decides about emergency calls in Teams, for npm run tenant -- import.
.DESCRIPTION
Reads and changes nothing. Writes one JSON file for each cmdlet and, last of all, manifest.json: a folder without it is
no export. Of people it writes the name, the user principal name, the number, licences and policies, and nothing else;
guests are left out. Whoever runs it needs a role that may read voice settings, such as Teams Communications
Administrator or Global Reader. What is written holds personal data: keep the folder where only administrators read.
For scheduled runs sign in as an application with a certificate
(https://learn.microsoft.com/microsoftteams/teams-powershell-application-authentication): the certificate is in the
store of the user that runs it, and no secret is given or written.
.PARAMETER OutputDirectory
Where the export goes: a folder that does not exist yet, or is empty.
.PARAMETER TenantId
Of the tenant; needed with a certificate.
.PARAMETER ApplicationId
Of the application that signs in with a certificate.
.PARAMETER CertificateThumbprint
Of its certificate in the user's store.
.PARAMETER Cloud
Commercial (also GCC), TeamsGCCH, TeamsDOD or TeamsChina.
.EXAMPLE
./Export-TeamsEmergencyConfig.ps1 -OutputDirectory export
.EXAMPLE
./Export-TeamsEmergencyConfig.ps1 -OutputDirectory export -TenantId 00001111-aaaa-2222-bbbb-3333cccc4444 -ApplicationId 11112222-bbbb-3333-cccc-4444dddd5555 -CertificateThumbprint 0123456789ABCDEF0123456789ABCDEF01234567
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)][string]$OutputDirectory,
    [string]$TenantId = '',
    [string]$ApplicationId = '',
    [string]$CertificateThumbprint = '',
    [ValidateSet('Commercial', 'TeamsGCCH', 'TeamsDOD', 'TeamsChina')][string]$Cloud = 'Commercial'
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$pageSize = 500
$step = @{ Number = 0; Text = 'the arguments' }
$files = [System.Collections.Generic.List[object]]::new()

# --- How things are read and written ---

# All objects of a cmdlet that gives them page by page. A page may be shorter than asked for, so only an empty one is the
# end; one that begins as the page before did means that the cmdlet skips nothing, and would never end.
function Read-Pages([scriptblock]$ReadPage) {
    $all = [System.Collections.Generic.List[object]]::new()
    $first = $null
    while ($true) {
        $page = @(& $ReadPage $pageSize $all.Count)
        if ($page.Count -eq 0) { return $all.ToArray() }
        $begin = ConvertTo-Json -InputObject $page[0] -Depth 2 -Compress -WarningAction SilentlyContinue
        if ($begin -eq $first) { throw 'the service gives the same page again and again' }
        $first = $begin
        $all.AddRange([object[]]$page)
        Write-Progress -Activity $step.Text -Status "$($all.Count) read"
    }
}

# Reads with one cmdlet and writes its file.
function Export-Objects([string]$Cmdlet, [scriptblock]$Read) {
    $step.Number++
    $step.Text = $Cmdlet
    Write-Progress -Activity $Cmdlet -Status 'reading'
    $objects = @(& $Read)
    # Names of enumerations, since their numbers say nothing; a list also for one object and for none.
    $json = ConvertTo-Json -InputObject $objects -Depth 10 -Compress -EnumsAsStrings -WarningAction SilentlyContinue
    [System.IO.File]::WriteAllText((Join-Path $folder "$Cmdlet.json"), $json)
    $files.Add([ordered]@{ file = "$Cmdlet.json"; cmdlet = $Cmdlet; count = $objects.Count })
    Write-Progress -Activity $Cmdlet -Completed
    Write-Host ('{0,2}. {1}: {2}' -f $step.Number, $Cmdlet, $objects.Count)
}

# What answers for each resource account. One without an association is an error of the cmdlet.
function Read-Associations([object[]]$Instances) {
    foreach ($instance in $Instances) {
        try {
            Get-CsOnlineApplicationInstanceAssociation -Identity $instance.ObjectId
        }
        catch {
            if ("$($_.Exception.Message) $($_.ErrorDetails)" -notmatch 'NotFound|not found|does not exist|404') { throw }
        }
    }
}

# Everything that is read of a user.
$userProperties = 'Identity', 'UserPrincipalName', 'DisplayName', 'AccountType', 'AccountEnabled', 'UsageLocation',
    'EnterpriseVoiceEnabled', 'LineURI', 'OnPremLineURI', 'RegistrarPool', 'InterpretedUserType',
    'TeamsUpgradeEffectiveMode', 'FeatureTypes', 'AssignedPlan', 'SoftDeletionTimestamp',
    'TeamsEmergencyCallingPolicy', 'TeamsEmergencyCallRoutingPolicy', 'TeamsSharedCallingRoutingPolicy',
    'OnlineVoiceRoutingPolicy', 'TenantDialPlan', 'TeamsCallingPolicy', 'TeamsMobilityPolicy'
# And of an auto attendant: its call flows and prompts are nobody's business here.
$attendantProperties = 'Identity', 'Id', 'Name', 'LanguageId', 'TimeZoneId', 'ApplicationInstances', 'DirectoryLookupScope', 'Status'

# --- The export ---

$isConnected = $false
try {
    if ([bool]$ApplicationId -ne [bool]$CertificateThumbprint -or ($ApplicationId -and -not $TenantId)) {
        throw '-TenantId, -ApplicationId and -CertificateThumbprint are given together'
    }
    if ($ApplicationId -and $Cloud -in 'TeamsGCCH', 'TeamsDOD') {
        throw 'Get-CsOnlineApplicationInstance knows no certificate in this cloud: leave out -ApplicationId, and sign in as a person'
    }
    $folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputDirectory)
    if ((Test-Path -LiteralPath $folder) -and @(Get-ChildItem -LiteralPath $folder -Force).Count -gt 0) {
        throw "$OutputDirectory is not empty: files of two exports must not be mixed"
    }
    $null = New-Item -ItemType Directory -Path $folder -Force

    $step.Text = 'the sign-in'
    $connection = @{}
    if ($TenantId) { $connection.TenantId = $TenantId }
    if ($ApplicationId) {
        $connection.ApplicationId = $ApplicationId
        $connection.CertificateThumbprint = $CertificateThumbprint
    }
    if ($Cloud -ne 'Commercial') { $connection.TeamsEnvironmentName = $Cloud }
    $null = Connect-MicrosoftTeams @connection
    $isConnected = $true
    $exportedAt = [System.DateTime]::UtcNow.ToString('o')
    $tenant = Get-CsTenant
    Write-Host "Export of $($tenant.DisplayName) to $folder"

    Export-Objects Get-CsOnlineLisCivicAddress {
        Read-Pages { param($size, $skip) Get-CsOnlineLisCivicAddress -ResultSize $size -NumberOfResultsToSkip $skip }
    }
    Export-Objects Get-CsOnlineLisLocation {
        Read-Pages { param($size, $skip) Get-CsOnlineLisLocation -ResultSize $size -NumberOfResultsToSkip $skip }
    }
    Export-Objects Get-CsOnlineLisSubnet { Get-CsOnlineLisSubnet }
    Export-Objects Get-CsOnlineLisSwitch { Get-CsOnlineLisSwitch }
    Export-Objects Get-CsOnlineLisPort { Get-CsOnlineLisPort }
    Export-Objects Get-CsOnlineLisWirelessAccessPoint { Get-CsOnlineLisWirelessAccessPoint }
    Export-Objects Get-CsTenantTrustedIPAddress { Get-CsTenantTrustedIPAddress }
    Export-Objects Get-CsTenantNetworkRegion { Get-CsTenantNetworkRegion }
    Export-Objects Get-CsTenantNetworkSite { Get-CsTenantNetworkSite }
    Export-Objects Get-CsTenantNetworkSubnet { Get-CsTenantNetworkSubnet }
    Export-Objects Get-CsTeamsEmergencyCallingPolicy { Get-CsTeamsEmergencyCallingPolicy }
    Export-Objects Get-CsTeamsEmergencyCallRoutingPolicy { Get-CsTeamsEmergencyCallRoutingPolicy }
    Export-Objects Get-CsTeamsSharedCallingRoutingPolicy { Get-CsTeamsSharedCallingRoutingPolicy }
    Export-Objects Get-CsPhoneNumberAssignment {
        Read-Pages { param($size, $skip) Get-CsPhoneNumberAssignment -Top $size -Skip $skip }
    }
    Export-Objects Get-CsOnlineUser {
        Get-CsOnlineUser -ResultSize ([int]::MaxValue) |
            Where-Object { $_.AccountType -ne 'Guest' } |
            Select-Object -Property $userProperties
    }
    Export-Objects Get-CsOnlinePSTNGateway { Get-CsOnlinePSTNGateway }
    Export-Objects Get-CsTeamsCallingPolicy { Get-CsTeamsCallingPolicy }
    Export-Objects Get-CsTeamsMobilityPolicy { Get-CsTeamsMobilityPolicy }
    Export-Objects Get-CsOnlineVoiceRoutingPolicy { Get-CsOnlineVoiceRoutingPolicy }
    Export-Objects Get-CsOnlineVoiceRoute { Get-CsOnlineVoiceRoute }
    Export-Objects Get-CsOnlinePstnUsage { Get-CsOnlinePstnUsage }
    Export-Objects Get-CsTenantDialPlan { Get-CsTenantDialPlan }
    # Its paging parameters do not work: https://learn.microsoft.com/powershell/module/teams/get-csonlineapplicationinstance
    $instances = @(Get-CsOnlineApplicationInstance)
    Export-Objects Get-CsOnlineApplicationInstance { $instances }
    Export-Objects Get-CsOnlineApplicationInstanceAssociation { Read-Associations $instances }
    Export-Objects Get-CsAutoAttendant {
        Read-Pages { param($size, $skip) Get-CsAutoAttendant -First 100 -Skip $skip } |
            Select-Object -Property $attendantProperties
    }

    # Last: it says that the export is whole.
    $step.Text = 'the manifest'
    $manifest = [ordered]@{
        formatVersion = 1
        exportedAt    = $exportedAt
        tenantId      = "$($tenant.TenantId)"
        tenantName    = $tenant.DisplayName
        cloud         = $Cloud
        moduleVersion = "$((Get-Module MicrosoftTeams).Version)"
        files         = $files.ToArray()
    }
    [System.IO.File]::WriteAllText((Join-Path $folder 'manifest.json'), (ConvertTo-Json -InputObject $manifest -Depth 10))
    Write-Host "Done. Next: npm run tenant -- diff $OutputDirectory --impact"
}
catch {
    [Console]::Error.WriteLine("Export-TeamsEmergencyConfig: stopped at $($step.Text): $($_.Exception.Message)")
    [Console]::Error.WriteLine('Nothing was changed in the tenant. The folder has no manifest, and import refuses it.')
    exit 1
}
finally {
    if ($isConnected) { $null = Disconnect-MicrosoftTeams }
}

#requires -Version 7.0
<#
.SYNOPSIS
Gives Teams Emergency Alerts what it needs in the directory, with Microsoft Graph PowerShell.
.DESCRIPTION
Does what infra/modules/graph.bicep does, for a deployer who lacks the rights for that, and in national clouds, which
the Bicep extension does not reach. Same unique names, so either may follow the other. Can be run again at any time:
what is there stays. Needs the module Microsoft.Graph.Authentication and a Privileged Role Administrator who is an
Application Administrator too. In a national cloud, sign in first with Connect-MgGraph -Environment USGov.
grant-permissions.sh is its twin.
.PARAMETER ServiceAccount
The account that Teams notifies, such as emergency@contoso.com.
.PARAMETER FunctionAppHostName
AZURE_FUNCTION_APP_URL without https://, such as func-abc.azurewebsites.net.
.PARAMETER ManagedIdentityPrincipalId
AZURE_MANAGED_IDENTITY_PRINCIPAL_ID.
.PARAMETER EnvironmentName
AZURE_ENV_NAME.
.PARAMETER ChatResourceData
As the setting CHAT_RESOURCE_DATA; none unless given.
.PARAMETER DryRun
Prints each step and its command, and runs none of them. -WhatIf means the same.
.EXAMPLE
./grant-permissions.ps1 -ServiceAccount emergency@contoso.com -FunctionAppHostName func-abc.azurewebsites.net -ManagedIdentityPrincipalId 00001111-aaaa-2222-bbbb-3333cccc4444 -EnvironmentName contoso -DryRun
#>
[CmdletBinding()]
param(
    [string]$ServiceAccount = '',
    [string]$FunctionAppHostName = '',
    [string]$ManagedIdentityPrincipalId = '',
    [string]$EnvironmentName = '',
    [string]$ChatResourceData = 'none',
    [Alias('WhatIf')][switch]$DryRun
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# https://learn.microsoft.com/graph/permissions-reference
$graphAppId = '00000003-0000-0000-c000-000000000000'
$chatRead = 'f501c180-9344-439a-bca0-6cbf209fd270'
$userRead = 'e1fe6dd8-ba31-4d61-89e7-88639da4683d'
$offlineAccess = '7427e0e9-2fba-42fe-b0c0-848c9e6a8182'
$callEventsEmergencyReadAll = 'f0a35f91-2aa6-4a99-9d5a-5b6bcb66204e'
# https://learn.microsoft.com/graph/change-notifications-delivery-event-hubs
$changeTrackingAppId = '0bf30f3b-4a52-48df-9a82-234910c4a086'
$defaultRole = '00000000-0000-0000-0000-000000000000'
$responder = '1ece6421-b5f5-408e-805f-656c71c70162'
$administrator = 'f2d5512c-3a50-450d-afed-6aafd17cfbe7'
$auditor = '5832b468-f732-4542-8686-09c0c884f897'
# MSAL asks for openid and profile with every sign-in.
$accountScope = 'Chat.Read User.Read offline_access openid profile'
$pageScope = 'openid profile email'
# What this script itself asks for.
$ownScopes = 'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All', 'User.ReadBasic.All'

# --- What was asked for ---

# These values go into addresses and JSON, so only what cannot break them passes.
function Assert-Parameter([string]$Name, [string]$Value, [string]$Pattern, [string]$Example) {
    if ($Value -cmatch $Pattern) { return }
    $problem = if ($Value) { 'cannot be used as it is' } else { 'is missing' }
    [Console]::Error.WriteLine("grant-permissions: -$Name ${problem}: it is wanted as $Example")
    [Console]::Error.WriteLine('Nothing was done. Get-Help says how this is used.')
    exit 2
}
Assert-Parameter ServiceAccount $ServiceAccount '\A[A-Za-z0-9._!~-]+@[A-Za-z0-9.-]+\z' 'a user principal name, such as emergency@contoso.com'
Assert-Parameter FunctionAppHostName $FunctionAppHostName '\A[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\z' 'a host name without https://, such as func-abc.azurewebsites.net'
Assert-Parameter ManagedIdentityPrincipalId $ManagedIdentityPrincipalId '\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z' 'an object id, such as 00001111-aaaa-2222-bbbb-3333cccc4444'
Assert-Parameter EnvironmentName $EnvironmentName '\A[A-Za-z0-9._()-]{1,64}\z' 'the name of the azd environment, such as contoso'
Assert-Parameter ChatResourceData $ChatResourceData '\A(none|encrypted)\z' 'none or encrypted'

# --- How things are said and done ---

$step = @{ Number = 0; Text = '' }

function Write-Step([string]$Text) {
    $step.Number++
    $step.Text = $Text
    Write-Host "$($step.Number). $Text"
}

function Write-Note([string]$Text) { Write-Host "   $Text" }

function ConvertTo-Quoted([string]$Text) { "'" + $Text.Replace("'", "''") + "'" }

# One request to Graph, or in a dry run its command. The directory answers from several copies: what was created a
# moment ago may not be there yet, and is asked for again.
function Invoke-Graph([string]$Method, [string]$Path, $Body, [hashtable]$Headers = @{}) {
    $request = @{ Method = $Method; Uri = "$graphUrl/v1.0/$Path" }
    if ($Headers.Count -gt 0) { $request.Headers = $Headers }
    if ($null -ne $Body) {
        $request.ContentType = 'application/json'
        $request.Body = ConvertTo-Json $Body -Depth 10 -Compress
    }
    if ($DryRun) {
        $command = "Invoke-MgGraphRequest -Method $Method -Uri $(ConvertTo-Quoted $request.Uri)"
        if ($Headers.Count -gt 0) { $command += " -Headers @{ Prefer = 'create-if-missing' }" }
        if ($null -ne $Body) { $command += " -ContentType application/json -Body $(ConvertTo-Quoted $request.Body)" }
        Write-Note $command
        return $null
    }
    for ($attempt = 1; $true; $attempt++) {
        try {
            return Invoke-MgGraphRequest @request -OutputType Hashtable
        }
        catch {
            $said = "$($_.Exception.Message) $($_.ErrorDetails)"
            if ($attempt -ge 6 -or $said -notmatch 'ResourceNotFound|NoBackingApplicationObject') { throw }
            Start-Sleep -Seconds 10
        }
    }
}

# Creates what is missing, updates what is there. https://learn.microsoft.com/graph/api/application-upsert
function Set-GraphObject([string]$Path, $Body) {
    $null = Invoke-Graph PATCH $Path $Body @{ Prefer = 'create-if-missing' }
}

# One property of one object.
function Get-GraphProperty([string]$What, [string]$Path, [string]$Property) {
    $answer = Invoke-Graph GET $Path $null
    if ($DryRun) { return "<$What>" }
    if (-not $answer -or -not $answer[$Property]) { throw "$What was not found in the tenant." }
    return $answer[$Property]
}

# The first entry of a list for which the condition holds; nothing where there is none.
function Find-GraphEntry([string]$What, [string]$Path, [scriptblock]$Condition = { $true }) {
    $answer = Invoke-Graph GET $Path $null
    if ($DryRun) { return @{ id = "<$What>"; scope = '' } }
    return $answer['value'] | Where-Object $Condition | Select-Object -First 1
}

function ConvertTo-Filter([string]$Filter) { '?$filter=' + [uri]::EscapeDataString($Filter) }

# Whether to create. A dry run cannot know, and shows how it would be done.
function Test-Needed($Found) {
    if ($DryRun) { Write-Note 'Only if that finds nothing:'; return $true }
    if (-not $Found) { return $true }
    Write-Note 'It is there already.'
    return $false
}

# The application with its service principal.
function Set-Application([string]$Title, [string]$UniqueName, $Body, [bool]$AssignmentRequired) {
    Write-Step "Create or update the $Title application"
    $path = "applications(uniqueName='$UniqueName')"
    Set-GraphObject $path $Body
    $appId = Get-GraphProperty "client id of the $Title application" $path appId
    $objectId = Get-GraphProperty "object id of the $Title application" $path id
    Write-Step "Create or update its service principal (assignment required: $("$AssignmentRequired".ToLowerInvariant()))"
    $path = "servicePrincipals(appId='$appId')"
    Set-GraphObject $path ([ordered]@{ appRoleAssignmentRequired = $AssignmentRequired; tags = @('WindowsAzureActiveDirectoryIntegratedApp') })
    $principalId = Get-GraphProperty "service principal of the $Title application" $path id
    return @{ AppId = $appId; ObjectId = $objectId; PrincipalId = $principalId }
}

# Kind is users or servicePrincipals.
function Set-Assignment([string]$Kind, [string]$PrincipalId, [string]$ResourceId, [string]$RoleId) {
    $found = Find-GraphEntry 'the assignment' "$Kind/$PrincipalId/appRoleAssignments" { $_['resourceId'] -eq $ResourceId -and $_['appRoleId'] -eq $RoleId }
    if (Test-Needed $found) {
        $null = Invoke-Graph POST "servicePrincipals/$ResourceId/appRoleAssignedTo" ([ordered]@{ principalId = $PrincipalId; resourceId = $ResourceId; appRoleId = $RoleId })
    }
}

# For one user, else for all. A grant that differs is set right.
function Set-Consent([string]$ClientId, [string]$Scope, [string]$UserId) {
    $type = if ($UserId) { 'Principal' } else { 'AllPrincipals' }
    $found = Find-GraphEntry 'the consent' "servicePrincipals/$ClientId/oauth2PermissionGrants" {
        $_['resourceId'] -eq $graphId -and $_['consentType'] -eq $type -and "$($_['principalId'])" -eq $UserId
    }
    if (Test-Needed $found) {
        $grant = [ordered]@{ clientId = $ClientId; consentType = $type }
        if ($UserId) { $grant.principalId = $UserId }
        $grant.resourceId = $graphId
        $grant.scope = $Scope
        $null = Invoke-Graph POST oauth2PermissionGrants $grant
    }
    elseif ($found['scope'] -ne $Scope) {
        Write-Note 'Its scope differs and is set right.'
        $null = Invoke-Graph PATCH "oauth2PermissionGrants/$($found['id'])" @{ scope = $Scope }
    }
}

function ConvertTo-AppRole([string]$Id, [string]$Value, [string]$Description) {
    [ordered]@{ id = $Id; value = $Value; displayName = $Value; description = $Description; allowedMemberTypes = @('User'); isEnabled = $true }
}

# --- The steps ---

try {
    $uniqueSuffix = $FunctionAppHostName.Replace('.', '-')
    $graphUrl = 'https://graph.microsoft.com'
    $loginUrl = 'https://login.microsoftonline.com'
    $audience = 'api://AzureADTokenExchange'
    $tenantId = '<tenant>'

    Write-Step 'Ask Microsoft Graph PowerShell for its cloud and tenant'
    if ($DryRun) {
        Write-Note "Connect-MgGraph -Scopes $($ownScopes -join ',') -NoWelcome"
        Write-Note 'The commands below are for the public cloud.'
    }
    else {
        if (-not (Get-Module -ListAvailable -Name Microsoft.Graph.Authentication)) { throw 'The module Microsoft.Graph.Authentication is not installed (Install-Module Microsoft.Graph.Authentication).' }
        $context = Get-MgContext
        $cloud = if ($context) { $context.Environment } else { 'Global' }
        if (-not $context -or ($ownScopes | Where-Object { $_ -notin $context.Scopes })) {
            $null = Connect-MgGraph -Scopes $ownScopes -Environment $cloud -NoWelcome
            $context = Get-MgContext
        }
        $tenantId = $context.TenantId
        $endpoints = Get-MgEnvironment -Name $context.Environment
        $graphUrl = "$($endpoints.GraphEndpoint)".TrimEnd('/')
        $loginUrl = "$($endpoints.AzureADEndpoint)".TrimEnd('/')
        if ($context.Environment -like 'USGov*') { $audience = 'api://AzureADTokenExchangeUSGov' }
        elseif ($context.Environment -ne 'Global') { throw "The cloud $($context.Environment) is not known here." }
    }

    Write-Step "Find the service account $ServiceAccount"
    $account = Find-GraphEntry 'id of the service account' "users$(ConvertTo-Filter "userPrincipalName eq '$ServiceAccount'")"
    if (-not $account) { throw "The service account $ServiceAccount was not found in the tenant." }

    Write-Step 'Find Microsoft Graph in the tenant'
    $graph = Find-GraphEntry 'service principal of Microsoft Graph' "servicePrincipals$(ConvertTo-Filter "appId eq '$graphAppId'")"
    if (-not $graph) { throw 'Microsoft Graph was not found in the tenant.' }
    $graphId = $graph['id']

    Write-Step 'Find Microsoft Graph Change Tracking, which fills the Event Hub, or create its service principal'
    $tracking = Find-GraphEntry 'service principal of Change Tracking' "servicePrincipals$(ConvertTo-Filter "appId eq '$changeTrackingAppId'")"
    if (Test-Needed $tracking) {
        $null = Invoke-Graph POST servicePrincipals @{ appId = $changeTrackingAppId }
        $tracking = @{ id = Get-GraphProperty 'service principal of Change Tracking' "servicePrincipals(appId='$changeTrackingAppId')" id }
    }

    Write-Step 'Let the managed identity read emergency call events (CallEvents-Emergency.Read.All)'
    Set-Assignment servicePrincipals $ManagedIdentityPrincipalId $graphId $callEventsEmergencyReadAll

    # CHAT_RESOURCE_DATA=encrypted needs appRoleAssignmentRequired false on the sign-in application: Graph gets a token
    # for it with each notification that carries content.
    # https://learn.microsoft.com/graph/change-notifications-with-resource-data
    $assignmentRequired = $ChatResourceData -ne 'encrypted'
    $signIn = Set-Application sign-in "emergency-alerts-sign-in-$uniqueSuffix" ([ordered]@{
            displayName            = "Teams Emergency Alerts sign-in ($EnvironmentName)"
            signInAudience         = 'AzureADMyOrg'
            isFallbackPublicClient = $true
            publicClient           = @{ redirectUris = @("$loginUrl/common/oauth2/nativeclient") }
            requiredResourceAccess = @([ordered]@{
                    resourceAppId  = $graphAppId
                    resourceAccess = @(foreach ($id in $chatRead, $userRead, $offlineAccess) { [ordered]@{ id = $id; type = 'Scope' } })
                })
        }) $assignmentRequired

    Write-Step 'Assign the service account to it'
    Set-Assignment users $account['id'] $signIn.PrincipalId $defaultRole

    Write-Step "Consent for the service account alone: $accountScope"
    Set-Consent $signIn.PrincipalId $accountScope $account['id']

    $page = Set-Application page "emergency-alerts-page-$uniqueSuffix" ([ordered]@{
            displayName    = "Teams Emergency Alerts page ($EnvironmentName)"
            signInAudience = 'AzureADMyOrg'
            api            = @{ requestedAccessTokenVersion = 2 }
            web            = [ordered]@{
                homePageUrl           = "https://$FunctionAppHostName/"
                redirectUris          = @("https://$FunctionAppHostName/.auth/login/aad/callback")
                implicitGrantSettings = [ordered]@{ enableAccessTokenIssuance = $false; enableIdTokenIssuance = $true }
            }
            appRoles       = @(
                ConvertTo-AppRole $responder Responder 'Sees emergency calls and answers for them'
                ConvertTo-AppRole $administrator Administrator 'Does what a responder does, and looks after roster, sign-in and settings'
                ConvertTo-AppRole $auditor Auditor 'Reads and exports the record, and changes nothing'
            )
        }) $true

    Write-Step 'Let the managed identity stand in for a secret of the page application'
    Set-GraphObject "applications/$($page.ObjectId)/federatedIdentityCredentials(name='managed-identity')" ([ordered]@{
            description = 'The managed identity of the function app, in place of a secret'
            audiences   = @($audience)
            issuer      = "$loginUrl/$tenantId/v2.0"
            subject     = $ManagedIdentityPrincipalId
        })

    Write-Step "Consent for everyone who is assigned to the page: $pageScope"
    Set-Consent $page.PrincipalId $pageScope ''
}
catch {
    [Console]::Error.WriteLine("grant-permissions: $($_.Exception.Message) $($_.ErrorDetails)")
    [Console]::Error.WriteLine("Stopped at step $($step.Number) ($($step.Text)). The steps before it are done, none after it. Mend what is said above and run this again: what is there stays.")
    exit 1
}

# --- What is left to do ---

Write-Host ''
Write-Host $(if ($DryRun) { 'Nothing was changed. After a real run, give azd what was made:' } else { 'Done. Give azd what was made:' })
Write-Host "  azd env set GRAPH_EXTENSION false --environment '$EnvironmentName'"
Write-Host "  azd env set CLIENT_ID '$($signIn.AppId)' --environment '$EnvironmentName'"
Write-Host "  azd env set PAGE_CLIENT_ID '$($page.AppId)' --environment '$EnvironmentName'"
Write-Host "  azd env set CHANGE_TRACKING_PRINCIPAL_ID '$($tracking['id'])' --environment '$EnvironmentName'"
Write-Host "Assign people to the page by role in the Entra admin centre: Enterprise applications > Teams Emergency Alerts page ($EnvironmentName) > Users and groups."
Write-Host "Only if the service account's sign-in still asks for the approval of an administrator, open this and accept:"
Write-Host "  $loginUrl/$tenantId/adminconsent?client_id=$($signIn.AppId)"
Write-Host $(if ($assignmentRequired) {
        'It consents for all users of the tenant; still only the service account may sign in, for no other is assigned.'
    }
    else {
        'It consents for all users of the tenant, and with encrypted content no assignment keeps others out: avoid it.'
    })

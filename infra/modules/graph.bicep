// Everything the deployment needs in the directory: who may fill the Event Hub, how the service account signs in, who
// may open the page. Nothing here has a secret. Needs the Privileged Role Administrator and Application Administrator
// roles, and the public cloud; scripts/grant-permissions.sh and .ps1 do the same for whom that does not fit, with the
// same unique names, so that either can follow the other.
extension microsoftGraphV1

@description('Name of the azd environment; part of what administrators see in the list of applications.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Host name of the function app, without https://. The two applications are named after it, so that each deployment has its own.')
@minLength(4)
@maxLength(90)
param functionAppHostName string

@description('Object id of the managed identity of the function app.')
@minLength(36)
@maxLength(36)
param managedIdentityPrincipalId string

@description('User principal name of the account that Teams notifies of emergency calls. It must exist.')
@minLength(3)
@maxLength(113)
param serviceAccount string

@description('The setting CHAT_RESOURCE_DATA. With encrypted, the sign-in application may not require assignment.')
@allowed(['none', 'encrypted'])
param chatResourceData string = 'none'

// https://learn.microsoft.com/graph/permissions-reference
var graphAppId = '00000003-0000-0000-c000-000000000000'
var chatRead = 'f501c180-9344-439a-bca0-6cbf209fd270'
var userRead = 'e1fe6dd8-ba31-4d61-89e7-88639da4683d'
var offlineAccess = '7427e0e9-2fba-42fe-b0c0-848c9e6a8182'
var callEventsEmergencyReadAll = 'f0a35f91-2aa6-4a99-9d5a-5b6bcb66204e'

// https://learn.microsoft.com/graph/change-notifications-delivery-event-hubs
var changeTrackingAppId = '0bf30f3b-4a52-48df-9a82-234910c4a086'

// What stands for "no role in particular" in an assignment.
var defaultRole = '00000000-0000-0000-0000-000000000000'

// Applications are found again by these, so they never change.
var nameOfDeployment = replace(functionAppHostName, '.', '-')
var signInUniqueName = 'emergency-alerts-sign-in-${nameOfDeployment}'
var pageUniqueName = 'emergency-alerts-page-${nameOfDeployment}'

// Makes "My applications" and the portal's list of enterprise applications show it, where people are assigned.
var enterpriseApplication = ['WindowsAzureActiveDirectoryIntegratedApp']

var loginEndpoint = environment().authentication.loginEndpoint

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: graphAppId
}

resource account 'Microsoft.Graph/users@v1.0' existing = {
  userPrincipalName: serviceAccount
}

// What puts notifications into the Event Hub. Many tenants lack it. Without `existing` it is created where it is
// missing and found by its appId where it is there: https://learn.microsoft.com/graph/api/serviceprincipal-upsert
resource changeTracking 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: changeTrackingAppId
}

// The event source: emergency call events, read by the managed identity itself.
resource readsEmergencyEvents 'Microsoft.Graph/appRoleAssignedTo@v1.0' = {
  appRoleId: callEventsEmergencyReadAll
  principalId: managedIdentityPrincipalId
  resourceId: graph.id
}

// The chat source: the service account signs in with a device code. A public client, apart from the page: whoever
// knows its id can start a sign-in with it, so nobody but the service account may finish one.
resource signIn 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: signInUniqueName
  displayName: 'Teams Emergency Alerts sign-in (${environmentName})'
  signInAudience: 'AzureADMyOrg'
  isFallbackPublicClient: true
  publicClient: {
    // Where the admin-consent link ends.
    redirectUris: ['${loginEndpoint}common/oauth2/nativeclient']
  }
  requiredResourceAccess: [
    {
      resourceAppId: graphAppId
      resourceAccess: [
        { id: chatRead, type: 'Scope' }
        { id: userRead, type: 'Scope' }
        { id: offlineAccess, type: 'Scope' }
      ]
    }
  ]
}

// CHAT_RESOURCE_DATA=encrypted needs appRoleAssignmentRequired false here: Graph gets a token for this application
// with each notification that carries content, and is assigned to nothing. Then consent alone keeps others out.
// https://learn.microsoft.com/graph/change-notifications-with-resource-data
resource signInPrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: signIn.appId
  appRoleAssignmentRequired: chatResourceData == 'none'
  tags: enterpriseApplication
}

resource accountMaySignIn 'Microsoft.Graph/appRoleAssignedTo@v1.0' = {
  appRoleId: defaultRole
  principalId: account.id
  resourceId: signInPrincipal.id
}

// Consent for the service account alone. MSAL asks for openid and profile with every sign-in, and an account that
// needs assignment cannot consent for itself. The extension finds this grant by application and kind, not by user:
// after a change of the service account, remove the old grant first (docs/deploy.md).
resource accountConsent 'Microsoft.Graph/oauth2PermissionGrants@v1.0' = {
  clientId: signInPrincipal.id
  consentType: 'Principal'
  principalId: account.id
  resourceId: graph.id
  scope: 'Chat.Read User.Read offline_access openid profile'
}

// The page: people of the tenant, by role. Its proof of itself is the managed identity, not a secret.
resource page 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: pageUniqueName
  displayName: 'Teams Emergency Alerts page (${environmentName})'
  signInAudience: 'AzureADMyOrg'
  api: { requestedAccessTokenVersion: 2 }
  web: {
    homePageUrl: 'https://${functionAppHostName}/'
    redirectUris: ['https://${functionAppHostName}/.auth/login/aad/callback']
    // App Service authentication signs people in with the hybrid flow.
    implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: true }
  }
  appRoles: [
    {
      id: '1ece6421-b5f5-408e-805f-656c71c70162'
      value: 'Responder'
      displayName: 'Responder'
      description: 'Sees emergency calls and answers for them'
      allowedMemberTypes: ['User']
      isEnabled: true
    }
    {
      id: 'f2d5512c-3a50-450d-afed-6aafd17cfbe7'
      value: 'Administrator'
      displayName: 'Administrator'
      description: 'Does what a responder does, and looks after roster, sign-in and settings'
      allowedMemberTypes: ['User']
      isEnabled: true
    }
    {
      id: '5832b468-f732-4542-8686-09c0c884f897'
      value: 'Auditor'
      displayName: 'Auditor'
      description: 'Reads and exports the record, and changes nothing'
      allowedMemberTypes: ['User']
      isEnabled: true
    }
  ]

  // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
  resource managedIdentity 'federatedIdentityCredentials@v1.0' = {
    name: '${page.uniqueName}/managed-identity'
    description: 'The managed identity of the function app, in place of a secret'
    audiences: ['api://AzureADTokenExchange']
    issuer: '${loginEndpoint}${tenant().tenantId}/v2.0'
    subject: managedIdentityPrincipalId
  }
}

resource pagePrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: page.appId
  appRoleAssignmentRequired: true
  tags: enterpriseApplication
}

// Nobody can consent for themselves where assignment is required; this lets those who are assigned sign in.
resource pageConsent 'Microsoft.Graph/oauth2PermissionGrants@v1.0' = {
  clientId: pagePrincipal.id
  consentType: 'AllPrincipals'
  resourceId: graph.id
  scope: 'openid profile email'
}

@description('Application (client) id with which the service account signs in: the setting CLIENT_ID.')
output clientId string = signIn.appId

@description('Application (client) id of the page: PAGE_CLIENT_ID.')
output pageClientId string = page.appId

@description('Object id of Microsoft Graph Change Tracking, which is to send to the Event Hub.')
output changeTrackingPrincipalId string = changeTracking.id

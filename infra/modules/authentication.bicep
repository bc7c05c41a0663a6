// People sign in with Entra before any request reaches the functions, but for the routes whose callers prove themselves
// to the code. No secret: the federated credential that graph.bicep makes lets the managed identity stand in for one.
// https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad

@description('Name of the function app. It has the managed identity, and the setting OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID with the client id of it.')
@minLength(2)
@maxLength(60)
param functionAppName string

@description('Application (client) id of the page.')
@minLength(36)
@maxLength(36)
param pageClientId string

// The one list of what stays open, shared with the functions and their tests.
var open = loadJsonContent('../../shared/routes.json', 'open')

resource functionApp 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource authentication 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: functionApp
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
      runtimeVersion: '~1'
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      excludedPaths: [for route in open: '/api/${route.route}']
    }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: pageClientId
          // Not a secret: this name tells the platform to use the managed identity whose client id the setting holds.
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
          // Names the tenant, so tokens of any other one are refused.
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: { allowedAudiences: [pageClientId] }
      }
    }
    // The page needs to know who someone is and never acts for them: no token of theirs is kept.
    login: { tokenStore: { enabled: false } }
  }
}

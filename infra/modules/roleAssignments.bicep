// Who may do what, each on one resource and no wider. The list with its reasons is infra/roles.json; a test holds it
// against what the code uses. A name made of scope, principal and role makes a second deployment find the first one's.

@description('Name of the Event Hubs namespace.')
param eventHubsNamespaceName string

@description('Name of the hub.')
param eventHubName string

@description('Name of the storage account of the Functions host.')
param hostAccountName string

@description('Name of the storage account of the product.')
param productAccountName string

@description('Name of the vault.')
param keyVaultName string

@description('Name of the Application Insights resource.')
param applicationInsightsName string

@description('Object ids of those who get roles; who is empty gets none.')
param principals {
  app: string
  administrator: string
  changeTracking: string
}

var roles = loadJsonContent('../roles.json', 'roles')

// Entra may not know a new identity yet when its role is assigned; its kind given, that is waited for. The administrator
// may be a person or, in a workflow, a service principal.
var assignments = map(
  filter(loadJsonContent('../roles.json', 'assignments'), assignment => !empty(principals[assignment.to])),
  assignment => {
    on: assignment.on
    properties: {
      principalId: principals[assignment.to]
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[assignment.role])
      ...(assignment.to == 'administrator' ? {} : { principalType: 'ServicePrincipal' })
    }
  }
)

resource eventHubs 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: eventHubsNamespaceName

  resource hub 'eventhubs' existing = {
    name: eventHubName
  }
}

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: hostAccountName
}

resource productStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: productAccountName
}

resource keyVault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: keyVaultName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource onEventHub 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in filter(assignments, assignment => assignment.on == 'eventHub'): {
    name: guid(eventHubs::hub.id, item.properties.principalId, item.properties.roleDefinitionId)
    scope: eventHubs::hub
    properties: item.properties
  }
]

resource onHostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in filter(assignments, assignment => assignment.on == 'hostStorage'): {
    name: guid(hostStorage.id, item.properties.principalId, item.properties.roleDefinitionId)
    scope: hostStorage
    properties: item.properties
  }
]

resource onProductStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in filter(assignments, assignment => assignment.on == 'productStorage'): {
    name: guid(productStorage.id, item.properties.principalId, item.properties.roleDefinitionId)
    scope: productStorage
    properties: item.properties
  }
]

resource onKeyVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in filter(assignments, assignment => assignment.on == 'keyVault'): {
    name: guid(keyVault.id, item.properties.principalId, item.properties.roleDefinitionId)
    scope: keyVault
    properties: item.properties
  }
]

resource onApplicationInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in filter(assignments, assignment => assignment.on == 'applicationInsights'): {
    name: guid(applicationInsights.id, item.properties.principalId, item.properties.roleDefinitionId)
    scope: applicationInsights
    properties: item.properties
  }
]

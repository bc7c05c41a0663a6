// The function app on a Flex Consumption plan.
// https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan

@description('Name of the plan.')
@minLength(1)
@maxLength(40)
param planName string

@description('Name of the function app; part of its host name, so unique in the world.')
@minLength(2)
@maxLength(60)
param functionAppName string

@description('Azure region; it must offer Flex Consumption.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Name of the service in azure.yaml that is deployed here.')
param serviceName string

@description('Resource id of the managed identity.')
param managedIdentityId string

@description('Address of the blob container that holds what is deployed.')
param packageContainerUri string

@description('Memory of one instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('How many instances there may be at most.')
@minValue(10)
@maxValue(1000)
param maximumInstances int

@description('Disabled closes the app to the internet, its deployment endpoint included.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string

@description('What the names in braces in appSettings.json stand for.')
param placeholders { *: string }

var templates = loadJsonContent('../appSettings.json')

// Each name in braces gives way to its value. A setting that comes out empty is left out: the code has its own default.
var settings = filter(
  map(items(templates), template => {
    name: template.key
    value: reduce(items(placeholders), template.value, (text, placeholder) =>
      replace(string(text), '{${placeholder.key}}', placeholder.value)
    )
  }),
  setting => !empty(setting.value)
)

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource functionApp 'Microsoft.Web/sites@2024-11-01' = {
  name: functionAppName
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${managedIdentityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: publicNetworkAccess
    keyVaultReferenceIdentity: managedIdentityId
    siteConfig: {
      appSettings: settings
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: managedIdentityId
          }
        }
      }
      // Each queue, hub and timer function scales by itself, all HTTP functions as one group. An idle app can take
      // minutes to wake for an event: what stands between a call and its first SMS never sleeps.
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: [
          { name: 'function:ingestNotifications', instanceCount: 1 }
          { name: 'function:notifyOnCall', instanceCount: 1 }
        ]
      }
    }
  }

  // No user name and password can deploy, only who has a role here.
  resource noPasswordForFtp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noPasswordForDeployment 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

@description('Resource id of the function app.')
output id string = functionApp.id

@description('Name of the function app.')
output name string = functionApp.name

@description('Host name of the function app, as Azure gave it.')
output hostName string = functionApp.properties.defaultHostName

@description('Every app setting. Secrets are only named, as Key Vault references.')
output settings { *: string } = toObject(settings, setting => setting.name, setting => setting.value)

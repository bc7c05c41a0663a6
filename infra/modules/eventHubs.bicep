// The Event Hub that Graph fills. A namespace of its own: Graph is none of the trusted services that a firewall of Event
// Hubs lets through, so this namespace must be reachable from the internet, and is protected by its roles alone.
// https://learn.microsoft.com/graph/change-notifications-delivery-event-hubs

@description('Name of the namespace; part of its host name, so unique in the world.')
@minLength(6)
@maxLength(50)
param namespaceName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Basic has one consumer group and keeps events for a day. Standard costs about twice as much.')
@allowed(['Basic', 'Standard'])
param tier string

@description('For how many days the hub keeps events; Basic allows only one.')
@minValue(1)
@maxValue(7)
param retentionDays int

@description('Whether there is a consumer group for other readers than this product, who may also use the Kafka endpoint. Needs the Standard tier: Event Hubs refuses it on Basic.')
param otherReaders bool

// The name that the trigger and the canary use.
var hubName = 'teams-events'

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: namespaceName
  location: location
  tags: tags
  sku: { name: tier, tier: tier, capacity: 1 }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }

  resource hub 'eventhubs' = {
    name: hubName
    properties: {
      // Two, so that one that is held up does not hold up every call.
      partitionCount: 2
      messageRetentionInDays: retentionDays
    }

    // The product reads with $Default: readers of another group do not take its events or its place.
    resource readers 'consumergroups' = if (otherReaders) {
      name: 'other-readers'
      properties: { userMetadata: 'For readers other than Teams Emergency Alerts' }
    }
  }
}

@description('Resource id of the namespace.')
output namespaceId string = namespace.id

@description('Name of the namespace.')
output namespaceName string = namespace.name

@description('Name of the hub.')
output hubName string = namespace::hub.name

@description('Host name of the namespace, without https:// and without a port.')
output host string = split(split(namespace.properties.serviceBusEndpoint, '://')[1], ':')[0]

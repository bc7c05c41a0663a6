// For customers who allow no inbound connection. The function app has no public access (main.bicep closes it); this is
// the door for the people who look at the page: a private endpoint in a network of its own, to be peered with theirs.
// The app still calls out, and Graph still reaches the Event Hub. Deploying code needs the private network too.
//
// What it costs: the private endpoint 0.01 USD an hour, about 7.30 USD a month, and 0.01 USD a GB through it; the private
// DNS zone 0.50 USD a month. The network itself costs nothing. List prices of East US, 2024-07-01, as in docs/cost.md
// (https://azure.microsoft.com/pricing/details/private-link/, https://azure.microsoft.com/pricing/details/dns/).

@description('Name of the virtual network.')
@minLength(2)
@maxLength(64)
param virtualNetworkName string

@description('Name of the private endpoint.')
@minLength(2)
@maxLength(64)
param privateEndpointName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Range of the network in CIDR notation, such as 10.91.0.0/28. Networks that are peered must not overlap.')
@minLength(9)
@maxLength(18)
param addressPrefix string

@description('Resource id of the function app.')
param functionAppId string

@description('What host names of function apps end with, such as azurewebsites.net.')
param hostNameSuffix string

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: virtualNetworkName
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'private-endpoints'
        properties: { addressPrefix: addressPrefix, defaultOutboundAccess: false }
      }
    ]
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: privateEndpointName
  location: location
  tags: tags
  properties: {
    subnet: { id: network.properties.subnets[0].id }
    privateLinkServiceConnections: [
      {
        name: 'function-app'
        properties: { privateLinkServiceId: functionAppId, groupIds: ['sites'] }
      }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: 'sites'
          properties: { privateDnsZoneId: zone.id }
        }
      ]
    }
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink.${hostNameSuffix}'
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: virtualNetworkName
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
}

// Two accounts without shared keys: the Functions host's own (locks, checkpoints, the deployed package), and the product's
// with the record of every call. What the host does to its account, and who may look after the host, never touches the record.

@description('Name of the account of the Functions host; unique in the world.')
@minLength(3)
@maxLength(24)
param hostAccountName string

@description('Name of the account of the product; unique in the world.')
@minLength(3)
@maxLength(24)
param productAccountName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Standard_ZRS keeps copies in three zones, where the region has zones.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param redundancy string

// Tables and queues: the same list that the local stack and the tests make theirs from.
var layout = loadJsonContent('../../shared/store/layout.json')

var accountProperties = {
  accessTier: 'Hot'
  allowBlobPublicAccess: false
  allowCrossTenantReplication: false
  allowSharedKeyAccess: false
  defaultToOAuthAuthentication: true
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
}

resource host 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: hostAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: accountProperties

  resource blobs 'blobServices' = {
    name: 'default'

    // What azd deploys.
    resource package 'containers' = {
      name: 'deployed-package'
    }
  }
}

resource product 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: productAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: accountProperties

  resource tableService 'tableServices' = {
    name: 'default'

    resource tables 'tables' = [
      for name in layout.tables: {
        name: name
      }
    ]
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource queues 'queues' = [
      for name in layout.queues: {
        name: name
      }
    ]
  }
}

@description('Name of the account of the Functions host.')
output hostAccountName string = host.name

@description('Addresses of the services of the host\'s account.')
output hostEndpoints {
  blob: string
  queue: string
  table: string
} = {
  blob: host.properties.primaryEndpoints.blob
  queue: host.properties.primaryEndpoints.queue
  table: host.properties.primaryEndpoints.table
}

@description('Address of the container that holds what is deployed.')
output packageContainerUri string = '${host.properties.primaryEndpoints.blob}${host::blobs::package.name}'

@description('Resource id of the account of the product.')
output productAccountId string = product.id

@description('Name of the account of the product.')
output productAccountName string = product.name

@description('Addresses of the services of the product\'s account.')
output productEndpoints {
  queue: string
  table: string
} = {
  queue: product.properties.primaryEndpoints.queue
  table: product.properties.primaryEndpoints.table
}

// The secrets that are left: Twilio's, the key of the stored sign-in, and the private keys of the encryption certificate.
// The last two are made after provisioning and never by a template, which would make them anew with every deployment.

@description('Name of the vault; part of its host name, so unique in the world, deleted vaults included.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Auth token of the Twilio account.')
@secure()
param twilioAuthToken string

@description('Secret of the Twilio API key; empty where none is used.')
@secure()
param twilioApiKeySecret string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    // Nobody, the owner of the subscription included, can make an accident final. All that is in here can be made anew,
    // so a week is long enough; for so long after a removal the name stays taken.
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
  }

  resource authToken 'secrets' = {
    name: 'twilio-auth-token'
    tags: tags
    properties: { value: twilioAuthToken }
  }

  resource apiKeySecret 'secrets' = if (!empty(twilioApiKeySecret)) {
    name: 'twilio-api-key-secret'
    tags: tags
    properties: { value: twilioApiKeySecret }
  }
}

@description('Name of the vault.')
output name string = vault.name

@description('Address of the vault, with a slash at its end.')
output uri string = vault.properties.vaultUri

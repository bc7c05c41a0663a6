targetScope = 'subscription'

// ---- Where

@description('Name of the azd environment: part of the name of the resource group, and what makes all other names unique.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region; it must offer Flex Consumption. No telephone call waits on it: choose by where the people and the law are.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

// ---- The tenant

@description('User principal name of the account that Teams notifies of emergency calls.')
@minLength(3)
@maxLength(113)
param serviceAccount string

@description('A verified domain of the directory behind the Azure subscription, such as contoso.com: Graph finds the Event Hub with it.')
@minLength(4)
@maxLength(253)
param tenantDomain string

@description('Names of the emergency calling policies whose call events are subscribed to, parted by commas; empty: chats are the only source.')
@maxLength(2000)
param emergencyCallingPolicies string = ''

@description('Whether the Microsoft Graph extension makes the two applications and their consent. false: scripts/grant-permissions does, and the three ids below are its answers.')
param graphExtension bool = true

@description('Application (client) id with which the service account signs in; only without the extension.')
@maxLength(36)
param clientId string = ''

@description('Application (client) id of the page; only without the extension.')
@maxLength(36)
param pageClientId string = ''

@description('Object id of the service principal Microsoft Graph Change Tracking; only without the extension.')
@maxLength(36)
param changeTrackingPrincipalId string = ''

// ---- Who is told

@description('Account SID of Twilio.')
@minLength(34)
@maxLength(34)
param twilioAccountSid string

@description('Auth token of the Twilio account. Goes into the Key Vault and nowhere else.')
@minLength(1)
@secure()
param twilioAuthToken string

@description('SID of a Twilio API key to use in place of the auth token.')
@maxLength(34)
param twilioApiKeySid string = ''

@description('Secret of that API key.')
@secure()
param twilioApiKeySecret string = ''

@description('Number that texts are sent from, E.164. This or a messaging service must be given.')
@maxLength(16)
param twilioFrom string = ''

@description('SID of the Twilio messaging service that texts are sent from.')
@maxLength(34)
param twilioMessagingServiceSid string = ''

@description('E.164 numbers, parted by commas: told when nobody of the roster can be, or the storage cannot be read.')
@minLength(8)
@maxLength(500)
param lastResortNumbers string

@description('Mail addresses, parted by commas, that Azure itself writes to when something is wrong: the alarms that do not need our code.')
@minLength(3)
@maxLength(1000)
param alarmEmails string

// ---- How much

@description('Tier of the Event Hubs namespace. Basic: one reader, events are kept for a day.')
@allowed(['Basic', 'Standard'])
param eventHubsTier string = 'Basic'

@description('For how many days the hub keeps events; more than one needs the Standard tier.')
@minValue(1)
@maxValue(7)
param eventHubsRetentionDays int = 1

@description('Whether the hub has a consumer group for other readers; needs the Standard tier.')
param eventHubsReaders bool = false

@description('Standard_ZRS keeps copies of everything stored in three zones, where the region has zones.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageRedundancy string = 'Standard_LRS'

@description('Memory of one instance of the function app, in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 512

@description('How many instances there may be at most. Every function but the HTTP ones scales by itself, so fewer than 10 would let one starve another.')
@minValue(10)
@maxValue(1000)
param maximumInstances int = 40

@description('Gigabytes of logs a day after which no more are taken until the next day.')
@minValue(1)
@maxValue(100)
param logDailyCapGb int = 1

@description('Whether the function app is closed to the internet. Then Graph cannot call it: subscriptions live an hour and are renewed three times as often.')
param outboundOnly bool = false

@description('Range of the private network of the outbound-only mode, in CIDR notation.')
@minLength(9)
@maxLength(18)
param outboundOnlyAddressPrefix string = '10.91.0.0/28'

@description('Whether who deploys gets the roles that the commands of the administrator need.')
param administratorRoles bool = true

// ---- Settings of the product that have a default of their own; empty leaves it (docs/guide.md explains each)

@sealed()
type optionalSettings = {
  @description('CHAT_RESOURCE_DATA')
  chatResourceData: '' | 'none' | 'encrypted'
  @description('DEFAULT_COUNTRY: two capital letters')
  @maxLength(2)
  defaultCountry: string
  @description('CALLS_TOLD_ALONE')
  @maxLength(2)
  callsToldAlone: string
  @description('EMAIL_ENDPOINT: of an Azure Communication Services resource that may send e-mail')
  @maxLength(200)
  emailEndpoint: string
  @description('EMAIL_FROM')
  @maxLength(320)
  emailFrom: string
  @description('EVENT_NOTIFICATION_URL')
  @maxLength(500)
  eventNotificationUrl: string
  @description('EXTRA_EMERGENCY_PHRASES in Base64: the quotation marks of JSON do not survive the way through azd')
  @maxLength(4000)
  extraEmergencyPhrasesBase64: string
  @description('GRAPH_BASE_URL: Graph of a national cloud')
  @maxLength(100)
  graphBaseUrl: string
  @description('HEARTBEAT_URL')
  @maxLength(500)
  heartbeatUrl: string
  @description('LEGAL_HOLD')
  legalHold: '' | 'true' | 'false'
  @description('MAP_ATTRIBUTION')
  @maxLength(200)
  mapAttribution: string
  @description('MAP_TILES_URL; with a key in it, a reference to a secret of the vault')
  @maxLength(500)
  mapTilesUrl: string
  @description('RETENTION_CALL_DAYS')
  @maxLength(5)
  retentionCallDays: string
  @description('RETENTION_OTHER_MESSAGE_DAYS')
  @maxLength(5)
  retentionOtherMessageDays: string
  @description('RETENTION_RAW_DAYS')
  @maxLength(5)
  retentionRawDays: string
  @description('SMS_DETAIL')
  smsDetail: '' | 'full' | 'minimal'
  @description('Whether the vault holds the address of a Teams workflow, teams-workflow-url')
  teamsCards: '' | 'true' | 'false'
  @description('TEST_NUMBERS')
  @maxLength(200)
  testNumbers: string
  @description('WEBHOOK_URL; the vault then holds its secret, webhook-secret')
  @maxLength(500)
  webhookUrl: string
}

@description('Settings that are seldom changed.')
param settings optionalSettings

// ---- Names

var abbreviations = loadJsonContent('abbreviations.json')
var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
var isGovernment = environment().name == 'AzureUSGovernment'
var hostNameSuffix = isGovernment ? 'azurewebsites.us' : 'azurewebsites.net'
var functionAppName = '${abbreviations.webSitesFunctions}${token}'
// Known before the app is: its applications in Entra and its own settings name it.
var functionAppHostName = '${functionAppName}.${hostNameSuffix}'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: '${abbreviations.resourcesResourceGroups}${environmentName}'
  location: location
  tags: tags
}

// The identity that the function app has everywhere.
module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.managedIdentityUserAssignedIdentities}${token}'
    location: location
    tags: tags
  }
}

// The hub that Graph fills and the function app reads.
module eventHubs 'modules/eventHubs.bicep' = {
  scope: group
  params: {
    namespaceName: '${abbreviations.eventHubNamespaces}${token}'
    location: location
    tags: tags
    tier: eventHubsTier
    retentionDays: eventHubsRetentionDays
    otherReaders: eventHubsReaders
  }
}

// The account of the Functions host, and the account with the record of every call.
module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    hostAccountName: '${abbreviations.storageStorageAccounts}host${token}'
    productAccountName: '${abbreviations.storageStorageAccounts}calls${token}'
    location: location
    tags: tags
    redundancy: storageRedundancy
  }
}

// Twilio's secrets now; the key of the stored sign-in and the encryption certificate once it is there.
module keyVault 'modules/keyVault.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.keyVaultVaults}${token}'
    location: location
    tags: tags
    twilioAuthToken: twilioAuthToken
    twilioApiKeySecret: twilioApiKeySecret
  }
}

// Where logs and metrics go.
module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: '${abbreviations.operationalInsightsWorkspaces}${token}'
    applicationInsightsName: '${abbreviations.insightsComponents}${token}'
    location: location
    tags: tags
    dailyCapGb: logDailyCapGb
  }
}

// The directory's side: two applications, their consent, and the principal with which Graph fills the hub.
module graph 'modules/graph.bicep' = if (graphExtension) {
  scope: group
  params: {
    environmentName: environmentName
    functionAppHostName: functionAppHostName
    managedIdentityPrincipalId: identity.outputs.principalId
    serviceAccount: serviceAccount
    chatResourceData: settings.chatResourceData == 'encrypted' ? 'encrypted' : 'none'
  }
  // The directory may not know a new identity yet, and the extension does not wait for it; these take their minutes.
  // https://github.com/microsoftgraph/msgraph-bicep-types/issues/193
  dependsOn: [eventHubs, keyVault, monitoring, storage]
}

var signInClientId = graphExtension ? graph!.outputs.clientId : clientId
var webClientId = graphExtension ? graph!.outputs.pageClientId : pageClientId
var senderPrincipalId = graphExtension ? graph!.outputs.changeTrackingPrincipalId : changeTrackingPrincipalId

// Who may do what with all of these.
module roleAssignments 'modules/roleAssignments.bicep' = {
  scope: group
  params: {
    eventHubsNamespaceName: eventHubs.outputs.namespaceName
    eventHubName: eventHubs.outputs.hubName
    hostAccountName: storage.outputs.hostAccountName
    productAccountName: storage.outputs.productAccountName
    keyVaultName: keyVault.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    principals: {
      app: identity.outputs.principalId
      administrator: administratorRoles ? deployer().objectId : ''
      changeTracking: senderPrincipalId
    }
  }
}

// The function app itself, made once its identity may reach everything, so that its first start succeeds.
module functionApp 'modules/functionApp.bicep' = {
  scope: group
  params: {
    planName: '${abbreviations.webServerFarms}${token}'
    functionAppName: functionAppName
    location: location
    tags: tags
    serviceName: 'alerts'
    managedIdentityId: identity.outputs.id
    packageContainerUri: storage.outputs.packageContainerUri
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: maximumInstances
    publicNetworkAccess: outboundOnly ? 'Disabled' : 'Enabled'
    placeholders: {
      alertQueueServiceUri: storage.outputs.productEndpoints.queue
      alertTableServiceUri: storage.outputs.productEndpoints.table
      applicationInsightsConnectionString: monitoring.outputs.connectionString
      authorityHost: environment().authentication.loginEndpoint
      chatResourceData: settings.chatResourceData
      clientId: signInClientId
      defaultCountry: settings.defaultCountry
      emailEndpoint: settings.emailEndpoint
      emailFrom: settings.emailFrom
      emergencyCallingPolicies: emergencyCallingPolicies
      // Only where something comes encrypted: the hook after provisioning makes the certificate on the same condition.
      encryptionCertificate: empty(emergencyCallingPolicies) && settings.chatResourceData != 'encrypted'
        ? ''
        : '${keyVault.outputs.uri}certificates/encryption-certificate'
      eventHubName: eventHubs.outputs.hubName
      eventHubsHost: eventHubs.outputs.host
      eventNotificationUrl: settings.eventNotificationUrl
      extraEmergencyPhrases: empty(settings.extraEmergencyPhrasesBase64)
        ? ''
        : base64ToString(settings.extraEmergencyPhrasesBase64)
      graphBaseUrl: empty(settings.graphBaseUrl) && isGovernment ? 'https://graph.microsoft.us' : settings.graphBaseUrl
      // A timer that runs for nothing costs about a dollar a month.
      heartbeatDisabled: empty(settings.heartbeatUrl) ? 'true' : ''
      heartbeatUrl: settings.heartbeatUrl
      hostBlobServiceUri: storage.outputs.hostEndpoints.blob
      hostQueueServiceUri: storage.outputs.hostEndpoints.queue
      hostTableServiceUri: storage.outputs.hostEndpoints.table
      keyVaultName: keyVault.outputs.name
      lastResortNumbers: lastResortNumbers
      legalHold: settings.legalHold
      lifecycleNotificationUrl: outboundOnly ? '' : 'https://${functionAppHostName}/api/graph/lifecycle'
      managedIdentityClientId: identity.outputs.clientId
      mapAttribution: settings.mapAttribution
      mapTilesUrl: settings.mapTilesUrl
      publicUrl: outboundOnly ? '' : 'https://${functionAppHostName}'
      retentionCallDays: settings.retentionCallDays
      retentionOtherMessageDays: settings.retentionOtherMessageDays
      retentionRawDays: settings.retentionRawDays
      serviceAccount: serviceAccount
      smsDetail: settings.smsDetail
      callsToldAlone: settings.callsToldAlone
      // Secrets that the administrator puts into the vault: they never pass through azd.
      teamsWorkflowUrl: settings.teamsCards == 'true'
        ? '@Microsoft.KeyVault(VaultName=${keyVault.outputs.name};SecretName=teams-workflow-url)'
        : ''
      tenantDomain: tenantDomain
      tenantId: tenant().tenantId
      testNumbers: settings.testNumbers
      twilioAccountSid: twilioAccountSid
      twilioApiKeySecret: empty(twilioApiKeySid)
        ? ''
        : '@Microsoft.KeyVault(VaultName=${keyVault.outputs.name};SecretName=twilio-api-key-secret)'
      twilioApiKeySid: twilioApiKeySid
      twilioFrom: twilioFrom
      twilioMessagingServiceSid: twilioMessagingServiceSid
      webhookSecret: empty(settings.webhookUrl)
        ? ''
        : '@Microsoft.KeyVault(VaultName=${keyVault.outputs.name};SecretName=webhook-secret)'
      webhookUrl: settings.webhookUrl
    }
  }
  dependsOn: [roleAssignments]
}

// People sign in with Entra before any request of theirs reaches the functions.
module authentication 'modules/authentication.bicep' = if (graphExtension || !empty(pageClientId)) {
  scope: group
  params: {
    functionAppName: functionApp.outputs.name
    pageClientId: webClientId
  }
}

// The alarms that reach a person without our code.
module alarms 'modules/alarms.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    functionAppId: functionApp.outputs.id
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    logAnalyticsId: monitoring.outputs.logAnalyticsId
    eventHubsNamespaceId: eventHubs.outputs.namespaceId
    storageAccountId: storage.outputs.productAccountId
    alarmEmails: filter(map(split(alarmEmails, ','), address => trim(address)), address => !empty(address))
  }
}

// For customers who allow no inbound connection: the one door to the page is a private one.
module privateDoor 'modules/outboundOnly.bicep' = if (outboundOnly) {
  scope: group
  params: {
    virtualNetworkName: '${abbreviations.networkVirtualNetworks}${token}'
    privateEndpointName: '${abbreviations.networkPrivateEndpoints}${token}'
    location: location
    tags: tags
    addressPrefix: outboundOnlyAddressPrefix
    functionAppId: functionApp.outputs.id
    hostNameSuffix: hostNameSuffix
  }
}

// ---- What azd keeps in its environment, for the hooks and the commands of the administrator

@description('Every app setting as the function app has it. Secrets are only named, as Key Vault references.')
output APP_SETTINGS { *: string } = functionApp.outputs.settings
output AZURE_EVENT_HUBS_NAMESPACE string = eventHubs.outputs.namespaceName
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name
output AZURE_FUNCTION_APP_URL string = 'https://${functionApp.outputs.hostName}'
output AZURE_KEY_VAULT_NAME string = keyVault.outputs.name
output AZURE_LOCATION string = location
output AZURE_MANAGED_IDENTITY_CLIENT_ID string = identity.outputs.clientId
output AZURE_MANAGED_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.productAccountName
output AZURE_TENANT_ID string = tenant().tenantId
output CHANGE_TRACKING_PRINCIPAL_ID string = senderPrincipalId
output CLIENT_ID string = signInClientId
output PAGE_CLIENT_ID string = webClientId

// Logs and metrics. What may never be sampled away is the trace of a call: requests, exceptions and log lines. Which
// kinds may be is said in host.json (logging.applicationInsights.samplingSettings.excludedTypes); the setting below
// keeps Application Insights from sampling once more what arrives. The record of a call itself is in Table Storage.

@description('Name of the Log Analytics workspace.')
@minLength(4)
@maxLength(63)
param workspaceName string

@description('Name of the Application Insights resource.')
@minLength(1)
@maxLength(255)
param applicationInsightsName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Gigabytes of logs a day after which Log Analytics takes no more until the next day. A bound on the bill: alarms that must not go blind with it look at metrics.')
@minValue(1)
@maxValue(100)
param dailyCapGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    // Included in the price of taking logs in: https://azure.microsoft.com/pricing/details/monitor/
    retentionInDays: 30
    workspaceCapping: { dailyQuotaGb: dailyCapGb }
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    SamplingPercentage: 100
  }
}

@description('Resource id of the workspace.')
output logAnalyticsId string = workspace.id

@description('Resource id of the Application Insights resource.')
output applicationInsightsId string = applicationInsights.id

@description('Name of the Application Insights resource.')
output applicationInsightsName string = applicationInsights.name

@description('Where telemetry goes. Names, not a secret: what is sent is accepted from the managed identity alone.')
output connectionString string = applicationInsights.properties.ConnectionString

// Alarms that reach a person without the product's own code: an action group with e-mail receivers, and the rules that
// call it. What they look for stands in alarms/rules.json; each alarm has its page in docs/runbooks/.

@description('Region of the rules that query the log. The other rules belong to no region.')
@minLength(1)
param location string

@description('Tags of every resource.')
param tags { *: string } = {}

@description('Resource id of the function app.')
@minLength(1)
param functionAppId string

@description('Resource id of the Application Insights component that the function app logs to.')
@minLength(1)
param applicationInsightsId string

@description('Resource id of the Log Analytics workspace behind it. Its tables must have the Analytics plan.')
@minLength(1)
param logAnalyticsId string

@description('Resource id of the Event Hubs namespace.')
@minLength(1)
param eventHubsNamespaceId string

@description('Resource id of the storage account of the product.')
@minLength(1)
param storageAccountId string

@description('E-mail addresses that are told. Without any, alarms are only seen in the portal.')
param alarmEmails string[]

var rules = loadJsonContent('alarms/rules.json')
var emails = filter(map(alarmEmails, email => trim(email)), email => !empty(email))

// A finding is logged as: The watch found id="…" severity="…". An id that ends in * stands for all that begin so.
func logged(lines string[], findings string[]) string =>
  join(
    concat(
      map(lines, line => 'Message startswith_cs \'${line}\''),
      map(findings, id => 'Message startswith_cs \'${replace('The watch found id="${id}"', '*"', '')}\'')
    ),
    ' or '
  )

// What is critical and belongs to no other alarm.
var claimed = filter(flatten(map(rules.alarms, alarm => alarm.findings)), id => id != '*')
var otherCritical = 'Message startswith_cs \'The watch found \' and Message contains_cs \'severity="critical"\' and not(${logged([], claimed)})'

var ownQueries = [
  { alarm: 'watch-silent', query: loadTextContent('alarms/watch-silent.kql') }
  { alarm: 'function-failures', query: loadTextContent('alarms/function-failures.kql') }
]
var lineQuery = loadTextContent('alarms/lines.kql')
var alarmsOfLines = filter(rules.alarms, alarm => !contains(map(ownQueries, own => own.alarm), alarm.name))
var severities = toObject(rules.alarms, alarm => alarm.name, alarm => alarm.severity)

// One query for all alarms of a severity: Azure charges for each rule, and little for what it finds.
var queries = [
  for rule in rules.log: reduce(
    items({
      applicationInsightsId: toLower(applicationInsightsId)
      linesOverMinutes: string(rule.linesOverMinutes)
      alarms: join(
        map(
          filter(alarmsOfLines, alarm => alarm.severity == rule.severity),
          alarm =>
            '${contains(alarm.findings, '*') ? otherCritical : logged(alarm.lines, alarm.findings)}, \'${alarm.name}\''
        ),
        ', '
      )
      linesAtLeast: join(
        map(
          filter(alarmsOfLines, alarm => alarm.severity == rule.severity),
          alarm => 'Alarm == \'${alarm.name}\', ${alarm.linesAtLeast}'
        ),
        ', '
      )
    }),
    join(
      concat(
        [lineQuery],
        map(
          filter(ownQueries, own => severities[own.alarm] == rule.severity),
          own => '| union (\n${own.query})\n'
        )
      ),
      ''
    ),
    (query, part) => replace(query, '{${part.key}}', part.value)
  )
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'alarms'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'alarms'
    enabled: true
    emailReceivers: [
      for (email, index) in emails: {
        name: 'administrator-${index + 1}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

// Depends on nothing of ours but the canaries: without any traffic, nobody reads or nobody sends. No dimension is named,
// since a hub without traffic has no series of its own.
resource metricAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: rules.metric.name
  location: 'global'
  tags: tags
  properties: {
    description: '${rules.metric.description} What to do: docs/runbooks/${rules.metric.name}.md'
    severity: rules.metric.severity
    enabled: true
    scopes: [eventHubsNamespaceId]
    evaluationFrequency: 'PT${rules.metric.everyMinutes}M'
    windowSize: 'PT${rules.metric.overMinutes}M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'NothingRead'
          metricNamespace: 'Microsoft.EventHub/namespaces'
          metricName: 'OutgoingMessages'
          timeAggregation: 'Total'
          operator: 'LessThan'
          threshold: 1
        }
      ]
    }
    autoMitigate: true
    actions: [{ actionGroupId: actionGroup.id }]
  }
}

// Each row of a query is an alert of its own, with the alarm and what was found in the mail: a second one is told though
// the first lasts. Rules that tell again do not resolve by themselves: Azure takes only one of the two.
resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for (rule, index) in rules.log: {
    name: rule.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.name
      description: '${rule.description} What to do stands in docs/runbooks/, on the page named as the alarm.'
      severity: rule.severity
      enabled: true
      scopes: [logAnalyticsId]
      evaluationFrequency: 'PT${rule.everyMinutes}M'
      windowSize: 'PT${rule.overMinutes}M'
      criteria: {
        allOf: [
          {
            query: queries[index]
            metricMeasureColumn: 'Times'
            timeAggregation: 'Total'
            dimensions: [
              { name: 'Alarm', operator: 'Include', values: ['*'] }
              { name: 'What', operator: 'Include', values: ['*'] }
            ]
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: rule.repeatMinutes == 0
      muteActionsDuration: rule.repeatMinutes == 0 ? null : 'PT${rule.repeatMinutes}M'
      // The tables of a new workspace come with the first row.
      skipQueryValidation: true
      actions: {
        actionGroups: [actionGroup.id]
      }
    }
  }
]

// Azure's own word on what the product stands on. Costs nothing; Azure gives it severity 4 and never resolves it.
resource activityAlert 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: rules.activity.name
  location: 'global'
  tags: tags
  properties: {
    description: '${rules.activity.description} What to do: docs/runbooks/${rules.activity.name}.md'
    enabled: true
    scopes: [functionAppId, eventHubsNamespaceId, storageAccountId]
    condition: {
      allOf: [
        { field: 'category', equals: 'ResourceHealth' }
        {
          anyOf: [
            { field: 'properties.currentHealthStatus', equals: 'Unavailable' }
            { field: 'properties.currentHealthStatus', equals: 'Degraded' }
          ]
        }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: actionGroup.id }] }
  }
}

@description('Name of the action group that every rule calls.')
output actionGroupName string = actionGroup.name

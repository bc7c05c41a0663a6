import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { toHubEvents } from '../shared/pipeline/hubEvents.ts';
import { ingestNotifications } from '../shared/pipeline/ingestNotifications.ts';

app.eventHub('ingestNotifications', {
  connection: 'EventHubConnection',
  eventHubName: 'teams-events',
  cardinality: 'many',
  // An event that could be kept nowhere stays in the hub: the checkpoint waits for as long as retries go on.
  retry: {
    strategy: 'exponentialBackoff',
    maxRetryCount: -1,
    minimumInterval: { seconds: 1 },
    maximumInterval: { seconds: 30 },
  },
  handler: async (messages, context) =>
    ingestNotifications(await servicesFor(context), toHubEvents(messages, context.triggerMetadata ?? {})),
});

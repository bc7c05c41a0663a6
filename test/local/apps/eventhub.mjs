import { app } from '@azure/functions';

const { RETRY, WITH_EMPTY } = process.env;
if (WITH_EMPTY) app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: true } });

async function obey(event) {
  if (event?.ask === 'fail') throw new Error('as asked');
  if (event?.ask === 'hang') await new Promise(() => undefined);
  if (event?.ask === 'wait') await new Promise((resolve) => setTimeout(resolve, event.ms));
  if (event?.ask === 'stray') void Promise.reject(new Error('a stray rejection'));
  if (event?.ask === 'stray') await new Promise(() => undefined);
}

app.eventHub('ingest', {
  connection: 'HubConnection',
  eventHubName: 'calls',
  cardinality: 'many',
  ...(RETRY ? { retry: JSON.parse(RETRY) } : {}),
  handler: async (events, context) => {
    const { triggerMetadata: metadata, retryContext: retry } = context;
    const { partitionId } = metadata.partitionContext ?? {};
    context.log(JSON.stringify({ step: 'start', partitionId, events, metadata, retry }));
    for (const event of events) await obey(event);
    context.log(JSON.stringify({ step: 'done', partitionId, events }));
  },
});

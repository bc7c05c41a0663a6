import { app } from '@azure/functions';

/** What a message asks for in its `ask`: fail, never come back, wait, stray. */
async function obey(entry) {
  if (entry?.ask === 'fail') throw new Error('as asked');
  if (entry?.ask === 'hang') await new Promise(() => undefined);
  if (entry?.ask === 'wait') await new Promise((resolve) => setTimeout(resolve, entry.ms));
  if (entry?.ask === 'stray') {
    void Promise.reject(new Error('a stray rejection'));
    await new Promise(() => undefined);
  }
}

async function handler(entry, context) {
  context.log(JSON.stringify({ entry, type: typeof entry, metadata: context.triggerMetadata, now: Date.now() }));
  await obey(entry);
  context.log(JSON.stringify({ done: entry }));
}

app.storageQueue('work', { connection: 'WorkStorage', queueName: '%QUEUE%', handler });

if (process.env.POISON_HAS_FUNCTION) {
  app.storageQueue('poisoned', { connection: 'WorkStorage', queueName: '%QUEUE%-poison', handler });
}

import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { notifyOnCall } from '../shared/pipeline/notifyOnCall.ts';

app.storageQueue('notifyOnCall', {
  connection: 'AlertStorage',
  queueName: 'alert-work',
  handler: async (message, context) => notifyOnCall(await servicesFor(context), message),
});

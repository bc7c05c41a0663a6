import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { receiveTwilioMessage } from '../shared/pipeline/receiveTwilioMessage.ts';

app.http('twilioMessages', {
  route: 'twilio/messages',
  methods: ['POST'],
  // Twilio has no key of ours: it signs what it sends.
  authLevel: 'anonymous',
  handler: async (request, context) => receiveTwilioMessage(await servicesFor(context), request),
});

import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { receiveTwilioStatus } from '../shared/pipeline/receiveTwilioStatus.ts';

app.http('twilioStatus', {
  route: 'twilio/status',
  methods: ['POST'],
  // Twilio has no key of ours: it signs what it sends.
  authLevel: 'anonymous',
  handler: async (request, context) => receiveTwilioStatus(await servicesFor(context), request),
});

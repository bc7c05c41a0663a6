import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { receiveTwilioVoice } from '../shared/pipeline/receiveTwilioVoice.ts';

app.http('twilioVoice', {
  route: 'twilio/voice',
  methods: ['POST'],
  // Twilio has no key of ours: it signs what it sends.
  authLevel: 'anonymous',
  handler: async (request, context) => receiveTwilioVoice(await servicesFor(context), request),
});

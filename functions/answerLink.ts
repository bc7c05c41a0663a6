import { app } from '@azure/functions';
import { answerPage } from '../shared/pipeline/answerPage.ts';
import { servicesFor } from '../shared/pipeline/createServices.ts';

app.http('answerLink', {
  route: 'answer',
  methods: ['GET', 'POST'],
  // Whoever opens it at night is signed in nowhere: the link itself is the proof.
  authLevel: 'anonymous',
  handler: async (request, context) => answerPage(await servicesFor(context), request),
});

import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { receiveNotifications } from '../shared/pipeline/receiveNotifications.ts';

app.http('receiveNotifications', {
  route: 'graph/notifications',
  methods: ['POST'],
  // Graph has no key of ours: what it sends proves itself.
  authLevel: 'anonymous',
  handler: async (request, context) => receiveNotifications(await servicesFor(context), request),
});

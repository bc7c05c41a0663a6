import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { receiveLifecycle } from '../shared/pipeline/receiveLifecycle.ts';

app.http('lifecycleNotifications', {
  route: 'graph/lifecycle',
  methods: ['POST'],
  // Graph has no key of ours: what it sends proves itself.
  authLevel: 'anonymous',
  handler: async (request, context) => receiveLifecycle(await servicesFor(context), request),
});

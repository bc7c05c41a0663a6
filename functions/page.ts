import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';

app.http('page', {
  route: 'page/{*path}',
  methods: ['GET', 'POST'],
  // Nobody comes in without a principal of App Service, which checks every path but the open ones.
  authLevel: 'anonymous',
  handler: async (request, context) => {
    // Not part of a cold start that an alert waits for.
    const { answerPageApi, readPlatform } = await import('../shared/dashboard/pageApi.ts');
    const services = await servicesFor(context);
    return answerPageApi(services, request, readPlatform(process.env, services.settings.publicUrl));
  },
});

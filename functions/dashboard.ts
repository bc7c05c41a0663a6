import { app } from '@azure/functions';
import { createPageFiles, type PageFiles } from '../shared/dashboard/pageFiles.ts';
import { servicesFor } from '../shared/pipeline/createServices.ts';

let files: PageFiles | null = null;

app.http('dashboard', {
  route: 'dashboard/{*path}',
  methods: ['GET'],
  // The platform signs people in before a request comes here; the files tell nothing of any call.
  authLevel: 'anonymous',
  handler: async (request, context) => {
    const { map } = (await servicesFor(context)).settings;
    // Beside the code: the host runs in the folder of what is deployed.
    files ??= createPageFiles('dashboard', map && new URL(map.tileUrl).origin);
    return files(request);
  },
});

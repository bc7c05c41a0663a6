import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { heartbeat } from '../shared/pipeline/heartbeat.ts';

app.timer('heartbeat', {
  schedule: '10 * * * * *',
  handler: async (_timer, context) => heartbeat(await servicesFor(context)),
});

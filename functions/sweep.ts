import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { sweep } from '../shared/pipeline/sweep.ts';

app.timer('sweep', {
  schedule: '*/30 * * * * *',
  runOnStartup: true,
  handler: async (_timer, context) => sweep(await servicesFor(context)),
});

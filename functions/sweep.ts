import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { sweep } from '../shared/pipeline/sweep.ts';
import { runTimer } from '../shared/pipeline/timers.ts';

app.timer('sweep', {
  schedule: '*/30 * * * * *',
  runOnStartup: true,
  handler: async (_timer, context) => runTimer(await servicesFor(context), 'sweep', sweep),
});

import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { renewSubscriptions } from '../shared/pipeline/renewSubscriptions.ts';
import { runTimer } from '../shared/pipeline/timers.ts';

app.timer('renewSubscriptions', {
  schedule: '0 */5 * * * *',
  runOnStartup: true,
  handler: async (_timer, context) => runTimer(await servicesFor(context), 'renewSubscriptions', renewSubscriptions),
});

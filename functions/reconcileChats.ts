import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { reconcileChats } from '../shared/pipeline/reconcileChats.ts';
import { runTimer } from '../shared/pipeline/timers.ts';

app.timer('reconcileChats', {
  // Between the runs of the sweep, so that the two do not wait for each other.
  schedule: '15,45 * * * * *',
  handler: async (_timer, context) => runTimer(await servicesFor(context), 'reconcileChats', reconcileChats),
});

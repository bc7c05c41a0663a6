import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { reconcile } from '../shared/pipeline/reconcile.ts';

app.timer('reconcileChats', {
  // Between the runs of the sweep, so that the two do not wait for each other.
  schedule: '15,45 * * * * *',
  handler: async (_timer, context) => reconcile(await servicesFor(context)),
});

import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { purge } from '../shared/pipeline/purge.ts';
import { runTimer } from '../shared/pipeline/timers.ts';

app.timer('purge', {
  schedule: '0 17 3 * * *',
  handler: async (_timer, context) => runTimer(await servicesFor(context), 'purge', purge),
});

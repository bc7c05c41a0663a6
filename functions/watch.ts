import { app } from '@azure/functions';
import { servicesFor } from '../shared/pipeline/createServices.ts';
import { watch } from '../shared/pipeline/watch.ts';

app.timer('watch', {
  // Half a minute after the subscriptions were looked after, so that it sees what came of that.
  schedule: '30 */5 * * * *',
  handler: async (_timer, context) => watch(await servicesFor(context)),
});

import { app } from '@azure/functions';

/** The setting TIMERS lists them; each says how long a run takes and how often it fails. */
for (const { name, schedule, runOnStartup, useMonitor, ms = 0, failures = 0, retry } of JSON.parse(
  process.env.TIMERS,
)) {
  let left = failures;
  app.timer(name, {
    schedule,
    ...(runOnStartup === undefined ? {} : { runOnStartup }),
    ...(useMonitor === undefined ? {} : { useMonitor }),
    ...(retry ? { retry } : {}),
    handler: async (timer, context) => {
      context.log(JSON.stringify({ timer, now: new Date(), retry: context.retryContext }));
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (left > 0) {
        left -= 1;
        throw new Error(`${left} more`);
      }
      context.log(JSON.stringify({ done: true }));
    },
  });
}

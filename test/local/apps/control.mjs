import { app } from '@azure/functions';

const REACTIONS = {
  ok: () => undefined,
  fail: () => {
    throw new Error('as asked');
  },
  throwUndefined: () => {
    throw undefined;
  },
  throwText: () => {
    throw 'only a text';
  },
  hang: () => new Promise(() => undefined),
  strayRejection: () => {
    void Promise.reject(new Error('a stray rejection'));
    return new Promise(() => undefined);
  },
  strayThrow: () => {
    setTimeout(() => {
      throw new Error('thrown in a timer');
    });
    return new Promise(() => undefined);
  },
  exit: () => process.exit(3),
  blockThread: () => {
    for (;;);
  },
  now: (context) => {
    const dates = [
      Date.parse(new Date().toISOString()),
      Date.now(),
      Date.parse(Date()),
      new Date(Date.UTC(2026, 0, 1)).getTime(),
    ];
    context.log(
      JSON.stringify({ dates, isDate: new Date() instanceof Date, year: new Date(2020, 5, 1).getFullYear() }),
    );
  },
  env: (context) => context.log(JSON.stringify({ ...process.env, cwd: process.cwd() })),
  print: () => console.log('a line on the console'),
};

/** Fired by hand: the text says what happens. */
app.storageQueue('control', {
  connection: 'AzureWebJobsStorage',
  queueName: 'control',
  handler: (reaction, context) => REACTIONS[reaction](context),
});

app.hook.appTerminate(() => console.log('the app was told to end'));

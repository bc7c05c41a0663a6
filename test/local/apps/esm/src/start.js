import { app } from '@azure/functions';

const steps = [];

app.hook.appStart(() => {
  steps.push('appStart');
});
app.hook.preInvocation(({ invocationContext }) => {
  steps.push(`before ${invocationContext.functionName}`);
});
app.hook.postInvocation((context) => {
  steps.push(`after ${context.invocationContext.functionName}`);
  context.result = { ...context.result, jsonBody: steps };
});

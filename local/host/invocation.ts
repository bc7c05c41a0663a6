import type { App, CoreInvocationContext, HookName } from './coreApi.ts';
import type { InvocationRequest, InvocationResponse, RpcException, WorkerLog } from './rpc.ts';

/**
 * Runs one invocation in the order of the real worker (InvocationHandler.ts): arguments, preInvocation hooks, the
 * function, postInvocation hooks, response. Throws what failed. `throw undefined` and `throw null` are no failure there,
 * so they are none here.
 */
export async function invoke(
  app: App,
  request: InvocationRequest,
  log: (line: WorkerLog) => void,
): Promise<InvocationResponse> {
  const registered = app.functions.get(request.functionId);
  if (!registered || !app.programmingModel) {
    throw new Error(`Function code for '${request.functionId}' is not loaded and cannot be invoked.`);
  }
  const { metadata } = registered;
  const { invocationId } = request;
  const core: CoreInvocationContext = {
    invocationId,
    request,
    metadata,
    log: (level, category, message) => log({ level, category, message, functionName: metadata.name, invocationId }),
  };
  const model = await app.programmingModel.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  const shared = { hookData: {}, appHookData: app.appHookData, invocationContext: context };

  const before = { ...shared, inputs, functionCallback: registered.callback };
  await runHooks(app, 'preInvocation', before, core);

  const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
  core.state = 'invocation';
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (caught) {
    after.error = caught;
  }
  await runHooks(app, 'postInvocation', after, core);
  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}

/** Runs the hooks of that name one after the other; the first that throws ends it. */
export async function runHooks(app: App, name: HookName, context: object, core?: CoreInvocationContext): Promise<void> {
  if (core && (name === 'preInvocation' || name === 'postInvocation')) core.state = `${name}Hooks`;
  for (const hook of app.hooks[name]) {
    await hook(context);
  }
  if (core) core.state = undefined;
}

/** What was thrown, as the worker reports it: whatever the message holds is passed on. */
export function toRpcException(caught: unknown): RpcException {
  if (caught instanceof Error) return { message: caught.message, stackTrace: caught.stack ?? '' };
  return { message: describe(caught), stackTrace: '' };
}

function describe(thrown: unknown): string {
  if (thrown === undefined || thrown === null) return 'Unknown error';
  return typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown);
}

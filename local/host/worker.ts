import { parentPort, workerData } from 'node:worker_threads';
import { createApp, createCoreModule } from './coreApi.ts';
import { provideCoreModule } from './coreModule.ts';
import { loadEntryPoints } from './entryPoint.ts';
import { invoke, runHooks, toRpcException } from './invocation.ts';
import type { FromWorker, InvocationRequest, ToWorker, WorkerLog, WorkerStart } from './rpc.ts';
import { shiftDate } from './shiftedDate.ts';

/**
 * The Node worker: a thread in which the app runs alone. Loads the app, says what it registered, then runs what it is
 * told to. A stray rejection or exception ends it with every invocation in it, as in the real worker.
 */
const start = workerData as WorkerStart;
const app = createApp();

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

const log = (line: WorkerLog) => tell({ type: 'log', log: line });

/** What the real worker says it can before the app changes it (getWorkerCapabilities.ts). */
const CAPABILITIES = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

async function startApp(): Promise<void> {
  await loadEntryPoints(start.appDir, start.mainFile);
  const { appHookData, appLevelHookData: hookData } = app;
  await runHooks(app, 'appStart', { hookData, appHookData, functionAppDirectory: start.appDir });
  const capabilities = (await app.programmingModel?.getCapabilities?.({ ...CAPABILITIES })) ?? CAPABILITIES;
  app.isIndexed = true;
  // Bindings go to the host as JSON: what JSON does not hold is lost.
  const functions = [...app.functions.values()].map(({ metadata }) => JSON.parse(JSON.stringify(metadata)));
  tell({ type: 'ready', functions, capabilities });
}

async function answer(request: InvocationRequest): Promise<void> {
  try {
    tell({ type: 'response', response: await invoke(app, request, log) });
  } catch (caught) {
    tell({ type: 'failure', invocationId: request.invocationId, exception: toRpcException(caught) });
  }
}

async function terminate(): Promise<void> {
  await runHooks(app, 'appTerminate', { hookData: app.appLevelHookData, appHookData: app.appHookData });
  tell({ type: 'terminated' });
}

process.on('uncaughtException', (caught) => {
  tell({ type: 'uncaught', exception: toRpcException(caught) });
  process.exit(1);
});
shiftDate(new Float64Array(start.clockOffset));
provideCoreModule(createCoreModule(app, (level, category, message) => log({ level, category, message })));
parentPort?.on('message', (message: ToWorker) => {
  void (message.type === 'invoke' ? answer(message.request) : terminate());
});
startApp().catch((caught: unknown) => {
  const { message, stackTrace } = toRpcException(caught);
  tell({ type: 'failed', reason: stackTrace || message });
});

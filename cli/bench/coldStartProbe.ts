import { createApp, createCoreModule } from '../../local/host/coreApi.ts';
import { provideCoreModule } from '../../local/host/coreModule.ts';
import { loadEntryPoints } from '../../local/host/entryPoint.ts';
import { invoke, runHooks } from '../../local/host/invocation.ts';
import type { InvocationRequest } from '../../local/host/rpc.ts';

/** What one start of an app took, from the start of its process. */
export interface ColdStart {
  registeredMs: number;
  /** The first invocation has been answered. */
  answeredMs: number;
  rssBytes: number;
  /** Some time later, when what loads in the background has been loaded. */
  settledRssBytes: number;
}

const SETTLED_AFTER_MS = 1_800;

/**
 * A process that loads the app in its first argument as the worker does, invokes the HTTP function that the second one
 * names once, and prints a {@link ColdStart}.
 */
const [appDir = '', functionId = ''] = process.argv.slice(2);
const app = createApp();
provideCoreModule(createCoreModule(app, () => undefined));
await loadEntryPoints(appDir, null);
const { appHookData, appLevelHookData: hookData } = app;
await runHooks(app, 'appStart', { hookData, appHookData, functionAppDirectory: appDir });
const registeredMs = performance.now();

const { returnValue } = await invoke(app, toRequest(), () => undefined);
const answeredMs = performance.now();
const rssBytes = process.memoryUsage.rss();
if (returnValue?.http?.statusCode !== '200') {
  throw new Error(`${functionId} answered ${returnValue?.http?.statusCode ?? 'nothing'}`);
}

setTimeout(() => {
  const start: ColdStart = { registeredMs, answeredMs, rssBytes, settledRssBytes: process.memoryUsage.rss() };
  process.stdout.write(JSON.stringify(start), () => process.exit(0));
}, SETTLED_AFTER_MS);

/** Graph's question whether the address is ours: it needs all services and sends nothing. */
function toRequest(): InvocationRequest {
  const bindings = app.functions.get(functionId)?.metadata.bindings ?? {};
  const trigger = Object.keys(bindings).find((name) => bindings[name]?.type === 'httpTrigger');
  if (!trigger) throw new Error(`There is no HTTP function ${functionId}`);
  const url = 'http://127.0.0.1/api/graph/notifications?validationToken=cold-start';
  const http = { method: 'POST', url, nullableQuery: { validationToken: { value: 'cold-start' } } };
  return {
    invocationId: '1',
    functionId,
    inputData: [{ name: trigger, data: { http } }],
    triggerMetadata: {},
    traceContext: { traceParent: '', traceState: '', attributes: {} },
  };
}

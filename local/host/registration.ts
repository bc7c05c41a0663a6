import { eventHubTrigger } from './eventHubTrigger.ts';
import { readHttpFunction } from './httpTrigger.ts';
import type { RegisteredApp } from './languageWorker.ts';
import { queueTrigger } from './queueTrigger.ts';
import type { BindingInfo, FunctionMetadata } from './rpc.ts';
import { timerTrigger } from './timerTrigger.ts';
import { type HostContext, NotKnownHereError, type TriggeredFunction, type TriggerKind } from './trigger.ts';

/** HTTP is apart: its functions share one server. */
export const TRIGGER_KINDS: Readonly<Record<string, TriggerKind>> = {
  eventhubtrigger: eventHubTrigger,
  queuetrigger: queueTrigger,
  timertrigger: timerTrigger,
};
export const HTTP_TRIGGER = 'httptrigger';

export function typeOf({ trigger }: TriggeredFunction): string {
  return trigger.type.toLowerCase();
}

/** The rule of the real host (Utility.cs of azure-functions-host). */
const VALID_NAME = /^(?!host$)[a-z][a-z0-9_-]{0,127}$/i;
/** Where the real host puts the value of an app setting in place of `%NAME%`. */
const RESOLVED_OPTIONS = ['queueName', 'eventHubName', 'consumerGroup', 'schedule'];

/**
 * The functions that can run, and why the others cannot. Throws by name for what the real host may know and the local
 * one does not.
 */
export function readFunctions(app: RegisteredApp, host: HostContext, env: Record<string, string>) {
  if (app.functions.length === 0) throw new Error('The app registered no function');
  if (app.capabilities.HttpUri) throw new NotKnownHereError('enableHttpStream');
  const functionErrors: Record<string, string> = {};
  const functions = app.functions.flatMap((metadata) => {
    if (isDisabled(metadata.name, env)) return [];
    try {
      return [readFunction(metadata, host)];
    } catch (caught) {
      const { message } = caught as Error;
      if (caught instanceof NotKnownHereError) throw new Error(`Function '${metadata.name}': ${message}`);
      functionErrors[metadata.name] = message;
      host.log('error', 'Host.Startup', `The '${metadata.name}' function is in error: ${message}`);
      return [];
    }
  });
  return { functions, functionErrors };
}

/** https://learn.microsoft.com/azure/azure-functions/disable-function */
function isDisabled(name: string, env: Record<string, string>): boolean {
  const value = env[`AzureWebJobs.${name}.Disabled`] ?? env[`AzureWebJobs__${name}__Disabled`];
  return value === '1' || value?.toLowerCase() === 'true';
}

/**
 * The trigger of a function as it was registered. Throws {@link NotKnownHereError} with the name of a trigger, input or
 * output that the local host cannot serve, and an `Error` for what the real host would not take either.
 */
function readFunction(metadata: FunctionMetadata, host: HostContext): TriggeredFunction {
  if (!VALID_NAME.test(metadata.name)) throw new Error(`'${metadata.name}' is no valid name of a function`);
  const bindings = Object.entries(metadata.bindings);
  const [bindingName, trigger] = bindings.find(([, { type }]) => /trigger$/i.test(type)) ?? [];
  if (!bindingName || !trigger) throw new Error('it has no trigger');
  const type = trigger.type.toLowerCase();
  if (type !== HTTP_TRIGGER && !(type in TRIGGER_KINDS)) throw new NotKnownHereError(`the trigger "${trigger.type}"`);
  for (const [name, binding] of bindings) {
    if (name !== bindingName) refuseUnknown(name, binding);
  }
  const fn = { metadata, bindingName, trigger: resolveSettings(trigger, host.setting) };
  if (type === HTTP_TRIGGER) readHttpFunction(fn, host.hostJson.http.routePrefix);
  else TRIGGER_KINDS[type]?.check(fn, host);
  return fn;
}

function refuseUnknown(name: string, { type, direction }: BindingInfo): void {
  const isHttpAnswer = type.toLowerCase() === 'http' && direction === 'out' && name === '$return';
  if (!isHttpAnswer) throw new NotKnownHereError(`the ${direction === 'in' ? 'input' : 'output'} "${type}"`);
}

function resolveSettings(trigger: BindingInfo, setting: (name: string) => string): BindingInfo {
  const resolved = RESOLVED_OPTIONS.flatMap((option) => {
    const value = trigger[option];
    if (typeof value !== 'string') return [];
    return [[option, value.replace(/%([^%]+)%/g, (_, name: string) => setting(name))]];
  });
  return { ...trigger, ...Object.fromEntries(resolved) };
}

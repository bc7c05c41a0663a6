import { eventHubTrigger } from './eventHubTrigger.ts';
import { queueTrigger } from './queueTrigger.ts';
import type { BindingInfo, FunctionMetadata } from './rpc.ts';
import { timerTrigger } from './timerTrigger.ts';
import { NotKnownHereError, type TriggeredFunction, type TriggerKind } from './trigger.ts';

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
 * The trigger of a function as it was registered. Throws {@link NotKnownHereError} with the name of a trigger, input or
 * output that the local host cannot serve, and an `Error` for what the real host would not take either.
 */
export function readFunction(metadata: FunctionMetadata, setting: (name: string) => string): TriggeredFunction {
  if (!VALID_NAME.test(metadata.name)) throw new Error(`'${metadata.name}' is no valid name of a function`);
  const bindings = Object.entries(metadata.bindings);
  const [bindingName, trigger] = bindings.find(([, { type }]) => /trigger$/i.test(type)) ?? [];
  if (!bindingName || !trigger) throw new Error('it has no trigger');
  const type = trigger.type.toLowerCase();
  if (type !== HTTP_TRIGGER && !(type in TRIGGER_KINDS)) throw new NotKnownHereError(`the trigger "${trigger.type}"`);
  for (const [name, binding] of bindings) {
    if (name !== bindingName) refuseUnknown(name, binding);
  }
  return { metadata, bindingName, trigger: resolveSettings(trigger, setting) };
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

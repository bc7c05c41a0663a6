import type { TriggerInput } from './executor.ts';
import type { TypedData } from './rpc.ts';
import type { QueueMessage } from './storageQueue.ts';
import type { TriggeredFunction } from './trigger.ts';

/** .NET's DateTimeOffset.MaxValue, which stands where a message fired by hand has no time. */
const NEVER = '9999-12-31T23:59:59.9999999+00:00';

/**
 * What the real host hands over with a queue message (QueueTriggerBinding.cs; Utility.ApplyBindingData of
 * azure-functions-host): its text as a string, its metadata, and over these the properties of a message that is a JSON
 * object. `message` is `null` for one fired by hand.
 */
export function createQueueInput(
  { bindingName }: TriggeredFunction,
  text: string,
  message: QueueMessage | null,
  now: Date,
): TriggerInput {
  const metadata = new Map<string, [name: string, data: TypedData]>();
  // The host's names do not differ by case alone; the first spelling stays.
  const put = (name: string, data: TypedData) => {
    metadata.set(name.toLowerCase(), [metadata.get(name.toLowerCase())?.[0] ?? name, data]);
  };
  put('QueueTrigger', { string: text });
  put('DequeueCount', { json: String(message?.dequeueCount ?? 0) });
  put('ExpirationTime', time(message?.expiresOn ?? NEVER));
  if (message) put('Id', { string: message.id });
  put('InsertionTime', time(message?.insertedOn ?? now));
  put('NextVisibleTime', time(message?.nextVisibleOn ?? NEVER));
  if (message) put('PopReceipt', { string: message.popReceipt });
  for (const [name, data] of propertiesOf(text)) put(name, data);
  return {
    inputData: [{ name: bindingName, data: { string: text } }],
    triggerMetadata: Object.fromEntries(metadata.values()),
  };
}

/** Properties that are null or arrays are left out; objects stay JSON; all else becomes .NET's string of it. */
function propertiesOf(text: string): [string, TypedData][] {
  if (!/^\s*\{[\s\S]*\}\s*$/.test(text)) return [];
  try {
    const parsed: Record<string, unknown> = JSON.parse(text);
    return Object.entries(parsed).flatMap(([name, value]): [string, TypedData][] => {
      if (value === null || Array.isArray(value)) return [];
      return [[name, typeof value === 'object' ? { json: JSON.stringify(value) } : { string: toDotNetString(value) }]];
    });
  } catch {
    return [];
  }
}

/** Newtonsoft takes text that looks like a time for one, and .NET writes that in its own way. */
function toDotNetString(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const text = String(value);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(text)) return text;
  const [, year, month, day, clock] = /^(\d+)-(\d+)-(\d+)T(.{8})/.exec(toUtc(text)) ?? [];
  return `${month}/${day}/${year} ${clock}`;
}

function toUtc(time: string): string {
  return /[+-]\d\d:\d\d$/.test(time) ? new Date(time).toISOString() : time;
}

/** A DateTimeOffset as Newtonsoft writes it. */
function time(value: Date | string): TypedData {
  const text = typeof value === 'string' ? value : toDotNetTime(value, '+00:00');
  return { json: JSON.stringify(text) };
}

/** ISO 8601 without zeros at the end of the fraction, then the given zone: .NET's round-trip form. */
export function toDotNetTime(value: Date, zone: '+00:00' | 'Z' | ''): string {
  return value.toISOString().replace(/\.?0*Z$/, '') + zone;
}

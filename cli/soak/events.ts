import type { Random } from '../../local/faults/random.ts';
import { hostileValue } from './hostileValues.ts';
import { damageBytes, damageFields } from './mutations.ts';

/** A message that can be announced. */
export interface Announced {
  /** Names it in the account. */
  key: string;
  /** Graph's notification, as JSON text. */
  notification: string;
}

/** The body of one event as it may come out of a hub. */
export interface SoakBody {
  /** For the report of a failure. */
  kind: string;
  body: unknown;
  /** Keys of the messages that it announces in an item without any damage. */
  intact: string[];
}

/** Hands out messages so that none comes twice before each came once. */
type NextMessage = () => Announced;

/** The bodies of one batch: the same for the same random numbers. */
export function generateBatch(random: Random, size: number, next: NextMessage): SoakBody[] {
  return Array.from({ length: size }, () => {
    const [kind, make] = random.pick(KINDS);
    return { kind, ...make(random, next) };
  });
}

type Make = (random: Random, next: NextMessage) => Omit<SoakBody, 'kind'>;

/** What is named more often comes more often. */
const KINDS: readonly [string, Make][] = [
  ...times(2, 'intact', (random, next) =>
    asEvent(random, intactItems(next, 1 + random.below(random.oneIn(6) ? 20 : 3))),
  ),
  ...times(4, 'intact beside garbage', (random, next) => {
    const garbage = some(3, random, () => garbageItem(random, next));
    return asEvent(random, random.shuffled([...intactItems(next, 1 + random.below(2)), ...garbage]));
  }),
  ...times(1, 'repeated', (random, next) => {
    const items = intactItems(next, 1 + random.below(2));
    return asEvent(random, random.shuffled([...items, ...items]));
  }),
  ...times(7, 'damaged item', (random, next) => asEvent(random, [garbageItem(random, next)])),
  ...times(5, 'damaged text', (random, next) => damagedText(random, next)),
  ...times(1, 'empty', (random) => ({ body: random.pick(EMPTY)(), intact: [] })),
  ...times(1, 'no list', (random, next) => ({ body: withoutList(random, next), intact: [] })),
];

function times(count: number, kind: string, make: Make): [string, Make][] {
  return Array.from({ length: count }, () => [kind, make]);
}

function some<T>(most: number, random: Random, make: () => T): T[] {
  return Array.from({ length: 1 + random.below(most) }, make);
}

/** One item of an event as JSON text; `key` where nothing is wrong with it. */
interface Item {
  text: string;
  key: string | null;
}

function intactItems(next: NextMessage, count: number): Item[] {
  return Array.from({ length: count }, () => {
    const { notification, key } = next();
    return { text: notification, key };
  });
}

function garbageItem(random: Random, next: NextMessage): Item {
  return { text: random.pick(GARBAGE)(random, next().notification), key: null };
}

const damaged = (random: Random, notification: string) => damageFields(random, notification);
const changed = (notification: string, fields: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ ...JSON.parse(notification), ...fields });

const GARBAGE: readonly ((random: Random, notification: string) => string)[] = [
  ...[damaged, damaged, damaged, damaged, damaged, damaged],
  (random) => hostileValue(random),
  (_random, notification) => changed(notification, { tenantId: '99998888-ffff-7777-eeee-6666dddd5555' }),
  (_random, notification) => changed(notification, { clientState: 'of somebody else' }),
  (_random, notification) => changed(notification, { subscriptionId: '77776666-dddd-5555-cccc-4444bbbb3333' }),
  (_random, notification) => changed(notification, { resource: "users('a')/events('b')", resourceData: null }),
  (random) => maybeDamaged(random, VALIDATION),
  (random) => maybeDamaged(random, LIFECYCLE),
  (random) => maybeDamaged(random, CANARY),
  (random) => damageFields(random, LIFECYCLE),
];

function maybeDamaged(random: Random, json: string): string {
  return random.oneIn(2) ? json : damageFields(random, json);
}

// As documented: https://learn.microsoft.com/graph/change-notifications-delivery-event-hubs and -lifecycle-events.
const VALIDATION = JSON.stringify({
  subscriptionId: 'NA',
  subscriptionExpirationDateTime: 'NA',
  clientState: 'NA',
  changeType: 'Validation: Testing client application reachability for subscription Request-Id: 0',
  resource: 'NA',
  resourceData: { '@odata.type': 'NA', '@odata.id': 'NA', id: 'NA' },
});
const LIFECYCLE = JSON.stringify({
  subscriptionId: '44445555-eeee-6666-ffff-7777aaaa8888',
  subscriptionExpirationDateTime: '2026-01-08T00:00:00Z',
  tenantId: '00001111-aaaa-2222-bbbb-3333cccc4444',
  clientState: 'of somebody else',
  lifecycleEvent: 'subscriptionRemoved',
});
const CANARY = JSON.stringify({ canary: { id: 'canary-1', sentAt: '2026-01-05T09:00:00Z' } });

/** Parsed as the worker of the host does it, or text, or bytes. */
function asEvent(random: Random, items: readonly Item[]): Omit<SoakBody, 'kind'> {
  const text = `{"value":[${items.map((item) => item.text).join(',')}]}`;
  const intact = items.flatMap(({ key }) => key ?? []);
  const body = random.oneIn(4) ? text : random.oneIn(6) ? Buffer.from(text) : JSON.parse(text);
  return { body, intact };
}

function damagedText(random: Random, next: NextMessage): Omit<SoakBody, 'kind'> {
  const items = intactItems(next, 1 + random.below(3)).map(({ text }) => text);
  const bytes = damageBytes(random, `{"value":[${items.join(',')}]}`);
  return { body: random.oneIn(3) ? bytes : Buffer.from(bytes).toString('utf8'), intact: [] };
}

const EMPTY: readonly (() => unknown)[] = [
  ...[() => null, () => undefined, () => '', () => ' \n', () => '{}', () => '[]', () => 'null', () => '\ufeff'],
  ...[() => ({}), () => [], () => ({ value: [] }), () => ({ value: null }), () => ({ value: {} }), () => 0],
  ...[() => new Uint8Array(), () => new Uint8Array([0xef, 0xbb, 0xbf]), () => new Uint8Array([0xff, 0xfe])],
];

/** An item without its list, twice in a list, made text twice, or anything at all. */
function withoutList(random: Random, next: NextMessage): unknown {
  const { notification } = next();
  switch (random.below(4)) {
    case 0:
      return JSON.parse(notification);
    case 1:
      return JSON.stringify(`{"value":[${notification}]}`);
    case 2:
      return JSON.parse(`[{"value":[${notification}]},[[${notification}]],${notification}]`);
    default:
      return JSON.parse(hostileValue(random));
  }
}

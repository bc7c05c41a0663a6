import type { Random } from '../../local/faults/random.ts';
import { hostileValue, PROTOTYPE_NAMES } from './hostileValues.ts';

/** An object or a list in parsed JSON, with the name of one thing in it. */
interface Place {
  parent: Record<string, unknown>;
  name: string;
}

/** Stands for JSON text that is put in its place once the rest has been written: it may not be writable from a value. */
const RAW = /(?<!\\)"raw#(\d+)#"/g;

/** The JSON text with one to four of its fields dropped, renamed, exchanged, or of a wrong type or content. */
export function damageFields(random: Random, json: string): string {
  const root: unknown = JSON.parse(json);
  const raw: string[] = [];
  const hostile = () => `raw#${raw.push(hostileValue(random)) - 1}#`;
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const places = placesIn(root);
    if (places.length > 0) random.pick(FIELD_DAMAGES)(random, random.pick(places), places, hostile);
  }
  return JSON.stringify(root).replace(RAW, (_, index: string) => raw[Number(index)] ?? 'null');
}

type FieldDamage = (random: Random, place: Place, places: readonly Place[], hostile: () => string) => void;

const FIELD_DAMAGES: readonly FieldDamage[] = [
  (_random, { parent, name }) => {
    if (Array.isArray(parent)) parent.splice(Number(name), 1);
    else delete parent[name];
  },
  (_random, { parent, name }, _places, hostile) => {
    parent[name] = hostile();
  },
  (_random, { parent, name }, _places, hostile) => {
    parent[name] = hostile();
  },
  (random, { parent, name }) => {
    if (Array.isArray(parent)) return;
    define(parent, random.oneIn(3) ? name.toUpperCase() : random.pick(PROTOTYPE_NAMES), parent[name]);
    delete parent[name];
  },
  (random, { parent, name }, places) => {
    const other = random.pick(places);
    const values = [structuredClone(parent[name]), structuredClone(other.parent[other.name])];
    [other.parent[other.name], parent[name]] = values;
  },
  (_random, { parent, name }) => {
    parent[name] = [parent[name], parent[name]];
  },
  (random, { parent, name }) => {
    parent[name] = random.oneIn(2) ? { [name]: parent[name] } : JSON.stringify(parent[name] ?? null);
  },
  (random, { parent, name }) => {
    const text = parent[name];
    if (typeof text === 'string') parent[name] = damageCharacters(random, text);
  },
  (random, { parent, name }) => {
    const text = parent[name];
    if (typeof text === 'string') parent[name] = damageCharacters(random, text);
  },
];

/** Also for `__proto__`, which an assignment would not make a property. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Every field and list item, at any depth. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((name) => [{ parent, name }, ...placesIn(parent[name])]);
}

const INSERTED = ['\0', '\u001b', '\ud800', '\udc00', '\u202e', '\u200b', '\ufeff', "'", '"', '/', '%', '<', '\n', '​'];

/** A text cut, repeated, or with characters changed, inserted or left out. */
function damageCharacters(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + random.pick(INSERTED) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    case 3:
      return text.slice(0, at) + String.fromCharCode(random.below(65_536)) + text.slice(at + 1);
    default:
      return text.repeat(1 + random.below(3));
  }
}

/** A chat message as JSON text, damaged anywhere, or in the one field that is read most closely: the content of its body. */
export function damageMessage(random: Random, json: string): string {
  if (random.oneIn(2)) return damageFields(random, json);
  const message = JSON.parse(json) as { body: { content: unknown } };
  const content = String(message.body.content);
  const at = random.below(content.length + 1);
  const hostile: unknown = JSON.parse(hostileValue(random));
  message.body.content = random.oneIn(3)
    ? content.slice(0, at) + (typeof hostile === 'string' ? hostile : '<') + content.slice(at)
    : damageCharacters(random, damageCharacters(random, content));
  return JSON.stringify(message);
}

/** Text as bytes of which some are flipped, left out, or cut off at the end. */
export function damageBytes(random: Random, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const at = random.below(bytes.length + 1);
  switch (random.below(4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(20))]);
    default:
      for (let times = 1 + random.below(6); times > 0 && bytes.length > 0; times -= 1) {
        const index = random.below(bytes.length);
        bytes[index] = (bytes[index] ?? 0) ^ (1 << random.below(8));
      }
      return bytes;
  }
}

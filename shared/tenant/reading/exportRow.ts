import { isObject, type JsonObject } from '../../emergency/jsonValue.ts';

/** Values by the names that a reader asks for, whatever their case in the file, and what it does not ask for. */
export interface NamedValues {
  values: Record<string, unknown>;
  other: Record<string, unknown> | null;
}

/**
 * Sorts the properties of objects into those that are named and the others. Made once for many objects: PowerShell
 * compares names in any case, and its modules have changed the case of some.
 */
export function createPropertySorter(names: readonly string[]): (object: JsonObject) => NamedValues {
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  const seen = new Map<string, string | null>();
  const nameOf = (key: string): string | null => {
    const cached = seen.get(key);
    if (cached !== undefined) return cached;
    const name = known.get(key.toLowerCase()) ?? null;
    seen.set(key, name);
    return name;
  };
  return (object) => {
    const values: Record<string, unknown> = {};
    let other: Record<string, unknown> | null = null;
    for (const key in object) {
      const name = nameOf(key);
      if (name !== null) values[name] = object[key];
      else if (key !== '__proto__') {
        other ??= {};
        other[key] = object[key];
      }
    }
    return { values, other };
  };
}

/** What a reader of a row calls for each property: the value, or a fault of that property and something to go on with. */
export class ExportRow {
  readonly #named: NamedValues;
  readonly #path: string;
  readonly #onFault: (path: string, problem: string) => void;

  constructor(named: NamedValues, path: string, onFault: (path: string, problem: string) => void) {
    this.#named = named;
    this.#path = path;
    this.#onFault = onFault;
  }

  fault(name: string, problem: string): void {
    this.#onFault(this.#pathOf(name), problem);
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  /** As `other` of the model, absent where there is none. */
  other(): { other?: Readonly<Record<string, unknown>> } {
    const { other } = this.#named;
    return other === null ? {} : { other };
  }

  /** Trimmed; `null` where it is empty. */
  text(name: string): string | null {
    return this.#textOf(name, this.#named.values[name]);
  }

  #textOf(name: string, value: unknown): string | null {
    if (typeof value === 'string') return this.#wholeText(name, value);
    if (value === null || value === undefined) return null;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    const inner = innerValue(value);
    if (inner !== undefined) return this.#textOf(name, inner);
    this.fault(name, 'must be text');
    return null;
  }

  #wholeText(name: string, value: string): string | null {
    const trimmed = value.trim();
    if (trimmed === '') return null;
    if (!isTruncated(trimmed)) return trimmed;
    this.fault(name, 'was cut by ConvertTo-Json: export again with -Depth 10');
    return null;
  }

  neededText(name: string): string {
    const text = this.text(name);
    if (text === null && !isCut(this.#named.values[name])) this.fault(name, 'is missing');
    return text ?? '';
  }

  /** In lower case; `null` for an empty one. */
  guid(name: string): string | null {
    const text = this.text(name)?.toLowerCase() ?? null;
    if (text === null || text === EMPTY_GUID) return null;
    if (GUID.test(text)) return text;
    this.fault(name, 'is no GUID');
    return null;
  }

  neededGuid(name: string): string {
    const guid = this.guid(name);
    if (guid === null && isEmpty(this.#named.values[name])) this.fault(name, 'is missing');
    return guid ?? '';
  }

  /** A number, or the text of one in the notation of any country. */
  number(name: string): number | null {
    const value = this.#named.values[name];
    if (typeof value === 'number') return value;
    const text = this.text(name);
    if (text === null) return null;
    const number = /^[+-]?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
    if (!Number.isNaN(number)) return number;
    this.fault(name, 'is no number');
    return null;
  }

  /** A count; `null` for -1, which stands for one that was not made. */
  count(name: string): number | null {
    const number = this.number(name);
    return number === null || number < 0 ? null : number;
  }

  flag(name: string): boolean | null {
    const value = this.#named.values[name];
    if (typeof value === 'boolean') return value;
    const text = this.text(name)?.toLowerCase() ?? null;
    if (text === null) return null;
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    this.fault(name, 'must be true or false');
    return null;
  }

  /** One of the words of an enumeration, in Microsoft's spelling. Another word stays as it is: Microsoft adds some. */
  word(name: string, words: readonly string[]): string | null {
    const text = this.text(name);
    if (text === null) return null;
    if (/^\d+$/.test(text)) {
      this.fault(name, 'is the number of a value: export again with -EnumsAsStrings');
      return null;
    }
    return words.find((word) => word.toLowerCase() === text.toLowerCase()) ?? text;
  }

  /** ISO 8601 in UTC. What names no offset is taken for UTC, in which Teams keeps its times. */
  time(name: string): string | null {
    const text = this.text(name);
    if (text === null) return null;
    const ms = toMilliseconds(text);
    if (ms !== null) return new Date(ms).toISOString();
    this.fault(name, 'is no date');
    return null;
  }

  /** One value in place of a list is a list of one. */
  list(name: string): readonly unknown[] {
    return toList(this.#named.values[name]);
  }

  texts(name: string): string[] {
    return this.list(name).flatMap((value, index) => this.#textOf(`${name}[${index}]`, value) ?? []);
  }

  /** The objects of a list, each as a row of its own. */
  rows(name: string, sort: (object: JsonObject) => NamedValues): ExportRow[] {
    return this.list(name).flatMap((value, index) => {
      const path = `${name}[${index}]`;
      if (isObject(value)) return [new ExportRow(sort(value), this.#pathOf(path), this.#onFault)];
      if (this.#textOf(path, value) !== null) this.fault(path, 'must be an object');
      return [];
    });
  }

  /** A number without "tel:". */
  telephone(name: string): string | null {
    return this.text(name)?.replace(/^tel:/i, '') ?? null;
  }

  /** A list, or a text with `;` between its parts. */
  parts(name: string): string[] {
    return this.texts(name).flatMap((text) => text.split(';').flatMap((part) => part.trim() || []));
  }

  /** The name of a policy without the "Tag:" of its scope. */
  policy(name: string): string | null {
    return this.text(name)?.replace(/^tag:/i, '') ?? null;
  }
}

const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';
const TYPE_NAME = /^(System\.\w+\[\]|(System|Microsoft)(\.\w+){2,}([`+[][\w.,`+ [\]]*)?)$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What ConvertTo-Json writes of an object beyond its -Depth: `@{Name=…}`, or the name of a .NET type. */
function isTruncated(text: string): boolean {
  return (text.startsWith('@{') && text.endsWith('}')) || TYPE_NAME.test(text);
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || (typeof value === 'string' && ['', EMPTY_GUID].includes(value.trim()))
  );
}

function isCut(value: unknown): boolean {
  return typeof value === 'string' && isTruncated(value.trim());
}

/**
 * What stands for an object that is a value with a scope: `{"Authority": …, "Value": …}`, `{"Name": …, "Authority": …}`,
 * a date of Windows PowerShell `{"value": …, "DateTime": …}`, an enumeration `{"value": 1, "Value": "Enabled"}`.
 */
function innerValue(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  return value.Value ?? value.Name ?? value.value ?? undefined;
}

function toList(value: unknown): readonly unknown[] {
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) return value;
  if (isObject(value) && Array.isArray(value.value) && Object.keys(value).length <= 2) return value.value;
  return [value];
}

/** `/Date(1700000000000)/`, with or without an offset, and ISO 8601. */
function toMilliseconds(text: string): number | null {
  const ticks = /^\/Date\((-?\d+)([+-]\d{4})?\)\/$/.exec(text)?.[1];
  if (ticks !== undefined) return Number(ticks);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.test(text)) return null;
  const ms = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? null : ms;
}

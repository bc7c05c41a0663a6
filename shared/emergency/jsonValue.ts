export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A property of an object itself, never an inherited one; `undefined` of anything else. */
export function propertyOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A property that is a string with something in it, else `null`. */
export function textOf(value: unknown, name: string): string | null {
  const property = propertyOf(value, name);
  return typeof property === 'string' && property.trim() !== '' ? property : null;
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  const property = propertyOf(value, name);
  return Array.isArray(property) ? property : [];
}

/** Parsed JSON, or `undefined` where the text is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

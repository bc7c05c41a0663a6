/** By what Graph's notifications are known as Graph's: whoever knew them could send some that look like it. */
const SECRETS = new Set(['clientState', 'validationTokens']);

/** What came in, as JSON that a person reads, without the secrets in it. */
export function toRawText(value: unknown): string {
  return JSON.stringify(value, (name, one) => (SECRETS.has(name) ? 'withheld' : one), 2) ?? 'null';
}

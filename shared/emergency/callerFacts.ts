import { type Candidate, chooseFact, type Fact, type FactSource, NO_FACT, saysNone } from './fact.ts';
import { propertyOf, textOf } from './jsonValue.ts';
import { foldForMatch } from './plainText.ts';

export interface CallerFacts {
  displayName: Fact<string>;
  userId: Fact<string>;
}

/**
 * Who called: the sender of the message (`from.user` is the caller), a common-area phone's device, else whom the text
 * names. An application that posted the message is not the caller.
 * https://learn.microsoft.com/graph/api/resources/chatmessagefromidentityset
 */
export function readCaller(sender: unknown, source: FactSource): CallerFacts {
  const user = propertyOf(sender, 'user');
  const device = propertyOf(sender, 'device');
  const name = textOf(user, 'displayName') ?? textOf(device, 'displayName');
  const named = name === null ? nameInText(source) : { value: name, reasons: [] };
  const isApplication =
    typeof propertyOf(sender, 'application') === 'object' && propertyOf(sender, 'application') !== null;
  const reason = isApplication && user == null && device == null ? ['the message was sent by an application'] : [];
  return {
    displayName: { value: named.value, reasons: [...named.reasons, ...reason] },
    userId: { value: textOf(user, 'id'), reasons: [] },
  };
}

/** Before the phrase on its line, or after a label. */
function nameInText(source: FactSource): Fact<string> {
  const candidates: Candidate<string>[] = [];
  for (const { kind, value, following, isSure } of source.labels) {
    const text = value === '' ? (following[0] ?? '') : value;
    if (kind !== 'caller' || saysNone(text) || text.includes('@')) continue;
    candidates.push({ value: text, rank: isSure ? 3 : 1 });
  }
  const before = textBeforePhrase(source);
  if (before !== null) candidates.push({ value: before, rank: 2 });
  return chooseFact('caller', candidates);
}

/** The name as it was written; the phrase is known only by its folded place, so the words are counted. */
function textBeforePhrase({ phrase, lines }: FactSource): string | null {
  if (phrase === null) return null;
  const words = phrase.before.trim() === '' ? 0 : phrase.before.trim().split(' ').length;
  const written = (lines[phrase.firstLine] ?? '').split(' ').slice(0, words).join(' ');
  const name =
    written
      .split(/[:：|!]\s/)
      .at(-1)
      ?.replace(/^[^\p{L}\p{N}+]+/u, '')
      .replace(/\s*\([^()]*@[^()]*\)/, '') ?? '';
  const isName = foldForMatch(written) === phrase.before.trim() && name !== '' && name.length <= 80 && words <= 8;
  return isName ? name : null;
}

const ADDRESS =
  /(?<![A-Za-z0-9._%+'-])[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?![A-Za-z0-9@-])/g;

/** The UPN, where the text holds an address beside the caller: after a label, or on the line of the phrase or the name. */
export function readCallerUpn(source: FactSource, callerName: string | null): Fact<string> {
  const candidates: Candidate<string>[] = [];
  for (const { kind, value, following, isSure } of source.labels) {
    if (kind !== 'upn' && kind !== 'caller') continue;
    for (const address of addressesOf(value === '' ? (following[0] ?? '') : value)) {
      candidates.push({ value: address, rank: isSure ? 3 : 2 });
    }
  }
  source.lines.forEach((line, index) => {
    if (!isBesideCaller(source, callerName, index)) return;
    for (const address of addressesOf(line)) candidates.push({ value: address, rank: 1 });
  });
  return candidates.length === 0 ? NO_FACT : chooseFact('UPN', candidates);
}

function addressesOf(text: string): string[] {
  return text.match(ADDRESS) ?? [];
}

/** The line of the phrase or of the caller's name, and a line below one of them that is an address and nothing else. */
function isBesideCaller({ phrase, lines, labels }: FactSource, callerName: string | null, index: number): boolean {
  const line = lines[index] ?? '';
  if (!line.includes('@') || labels.some((label) => label.line === index && label.isAtLineStart)) return false;
  const isAddressAlone = /^\S{1,400}$/.test(line);
  return [index, ...(isAddressAlone ? [index - 1] : [])].some((near) => {
    if (phrase !== null && near >= phrase.firstLine && near <= phrase.lastLine) return true;
    return callerName !== null && callerName.length > 2 && (lines[near] ?? '').includes(callerName);
  });
}

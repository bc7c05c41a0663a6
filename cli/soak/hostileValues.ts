import type { Random } from '../../local/faults/random.ts';

const HUGE = 256 * 1024;

/** Beyond what `JSON.stringify` can write, though `JSON.parse` reads it. */
const DEEP = 10_000;

/** What a field must never hold, as JSON text. Some of it is personal, to see whether it gets into a log. */
const VALUES: readonly string[] = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1e999', '1700000000000', '[]', '{}', '[[]]', '[null]', '{"value":[]}'],
  ...['""', '" "', '"NA"', '"null"', '"\\u0000"', '"\\u0007\\u001b[2J\\r\\n"', '"\\u202e\\u200b\\ufeff"', '"\\u2028"'],
  ...['"\\ud800"', '"\\udc00\\ud800"', '"a\\udfffb"', '"%"', '"%ff%00"', '"%2e%2e"', '"../.."', '"\\\\"', '"\'"'],
  ...['"__proto__"', '"constructor"', '"hasOwnProperty"', '"toString"', '"then"', '"length"'],
  ...[
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"toString":null,"valueOf":1}',
    '{"toJSON":1,"then":2,"length":-1}',
  ],
  ...['"https://graph.microsoft.com/v1.0/me"', '"chats(\'19:x@thread.v2\')"', "\"chats('')/messages('')\""],
  ...['"chats/../messages/.."', "\"chats('a')/messages('b')/replies('c')\"", '"9999-99-99T99:99:99Z"'],
  ...['"+14255550142"', '"megan@contoso.com"', '"Megan Bowen has placed an Emergency Call"'],
];

/** Texts whose repetition is known to be slow for careless patterns and parsers. */
const REPEATED = [
  'a',
  ' ',
  '1',
  '<',
  '<b ',
  '&',
  '&#',
  '(',
  ':',
  'a:',
  '|',
  '\u0301',
  '\ud83d',
  '.@',
  '+1 425 ',
  "'",
  '\n',
];

/** One of them as JSON text: mostly small, now and then of 256 KB or nested 10,000 deep. */
export function hostileValue(random: Random): string {
  if (random.oneIn(60)) return hugeText(random);
  if (random.oneIn(120)) return nested(random);
  return random.pick(VALUES);
}

function hugeText(random: Random): string {
  const part = random.pick(REPEATED);
  return JSON.stringify(part.repeat(Math.ceil(HUGE / part.length)));
}

function nested(random: Random): string {
  const depth = random.pick([50, 1_000, DEEP]);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"value":[', ']}'],
    ['{"body":', '}'],
  ]) as [string, string];
  return `${open.repeat(depth)}${open.endsWith(':') ? 'null' : ''}${close.repeat(depth)}`;
}

export const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then'];

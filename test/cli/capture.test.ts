import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { CaptureInputError, captureCommand } from '../../cli/captureCommand.ts';
import { BUILT_IN_PHRASES } from '../../shared/emergency/phrases.ts';
import { readEmergencyMessage } from '../../shared/emergency/readEmergencyMessage.ts';
import type { ReaderOptions } from '../../shared/emergency/reading.ts';
import { chatMessage, PHRASE } from '../emergency/chatMessages.ts';

const OPTIONS: ReaderOptions = { phrases: BUILT_IN_PHRASES, testNumbers: ['933'], defaultCountry: 'US' };
const FIXTURES = readdirSync('test/fixtures/chat-messages');

/** The command in this process, with what it wrote. */
async function capture(message: unknown) {
  const report: string[] = [];
  let written = '';
  const code = await captureCommand(typeof message === 'string' ? message : JSON.stringify(message), OPTIONS, {
    write: async (json) => {
      written = json;
    },
    report: (line) => void report.push(line),
  });
  return { code, written, report: report.join('\n') };
}

/** A text and all that is hidden in it: JSON in texts, entities, percent signs, words parted by tags. */
function unwrap(value: unknown, depth = 0): string[] {
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => [key, ...unwrap(item, depth)]);
  }
  if (typeof value !== 'string') return [];
  const others = [
    value.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    value.replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16))),
    value.replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits))),
    value.replace(/<[^>]*>/g, ''),
    value.replace(/[\u200b\u00ad\u202e]/g, ''),
  ].filter((other) => other !== value);
  let json: unknown;
  if (/^[[{]/.test(value)) json = JSON.parse(value);
  return [value, ...(depth > 3 ? [] : [...others, json].flatMap((other) => unwrap(other, depth + 1)))];
}

const CARD = {
  type: 'AdaptiveCard',
  speak: 'Lidia Holloway of Fabrikam called',
  body: [
    {
      type: 'TextBlock',
      text: '**Lidia Holloway** called from [Wingtip Plaza](https://www.google.com/maps/@47.6712,-122.1234,18z)',
    },
    {
      type: 'FactSet',
      facts: [
        { title: "Lidia's place", value: 'Wingtip Plaza, 7417 Lakeview Drive' },
        { title: 'Latitude', value: 47.6712 },
        { title: 'Number', value: 4255550147 },
      ],
    },
  ],
  actions: [{ type: 'Action.OpenUrl', title: 'Call Lidia', url: 'tel:+14255550147' }],
  data: JSON.stringify({ caller: { mail: 'LidiaH@fabrikam.com' }, 'LidiaH@fabrikam.com': true }),
};

/** Everything personal that there can be, in every way in which it can be written. */
const PERSONAL = chatMessage(
  [
    '<div><p><b>Lid</b>ia H&#111;lloway (<a href="mailto:LidiaH%40fabrikam.com">LidiaH&#64;fabrikam.com</a>) has placed an Emergency&nbsp;Call to 911 via SBC7417.</p>',
    '<p>Location: Wing\u200btip Plaza, Floor 34, Room 3417-B, 7417 Lakeview Drive, Kirkland, ID 83702</p>',
    '<p>Callback number: <a href="tel:+14255550147">+1 (425) 555&#8209;0147</a> ext. 4417</p>',
    '<p>Mobile: 4255550148</p><p>Coordinates: 47.6712, -122.1234</p>',
    '<p title="Seen by Lidia Holloway" data-upn="lidiah@fabrikam.com">Lidia’s assistant is &#x4c;idia’s sister</p>',
    '<table><tr><td>Rechnername</td><td>WINGTIP-LT-7417</td></tr></table>',
    '<!-- Lidia Holloway, Wingtip Plaza --><script>var who = "Holloway 7417"</script>',
    '<p><a href="https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.bing.com%2Fmaps%3Fcp%3D47.6712~-122.1234%26where%3DWingtip%2520Plaza&amp;data=LidiaH%40fabrikam.com">Map</a></p>',
    '<p><a href="https://fabrikam.sharepoint.com/sites/Holloway/7417?user=LidiaH%40fabrikam.com#Kirkland">Plan</a></p>',
    '<p><at id="0">Lidia Holloway</at> <img src="https://graph.microsoft.com/v1.0/chats/19:aaaabbbbccccdddd1111@thread.v2/messages/1772440000123/hostedContents/TGlkaWE=/$value" alt="Lidia"></p>',
    '<attachment id="f00dfeedf00dfeed0001"></attachment></div>',
  ].join('\n'),
  {
    '@odata.context':
      "https://graph.microsoft.com/v1.0/$metadata#chats('19%3Aaaaabbbbccccdddd1111%40thread.v2')/messages/$entity",
    id: '1772440000123',
    etag: '1772440000123',
    chatId: '19:aaaabbbbccccdddd1111@thread.v2',
    createdDateTime: '2026-03-02T08:26:40.123Z',
    lastModifiedDateTime: '2026-03-02T08:26:41.500Z',
    subject: 'Holloway, Wingtip Plaza',
    webUrl:
      'https://teams.microsoft.com/l/message/19%3Aaaaabbbbccccdddd1111%40thread.v2/1772440000123?tenantId=9c3d2f10-1111-4222-8333-abcdefabcdef',
    from: {
      user: {
        id: '7d1e2c3b-aaaa-4bbb-8ccc-1234567890ab',
        displayName: 'Lidia Holloway',
        tenantId: '9c3d2f10-1111-4222-8333-abcdefabcdef',
      },
    },
    mentions: [
      {
        id: 0,
        mentionText: 'Lidia Holloway',
        mentioned: { user: { displayName: 'Lidia Holloway', id: '7d1e2c3b-aaaa-4bbb-8ccc-1234567890ab' } },
      },
    ],
    attachments: [
      {
        id: 'f00dfeedf00dfeed0001',
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: JSON.stringify(CARD),
        name: 'Holloway.json',
      },
      {
        id: '1772440000001',
        contentType: 'messageReference',
        content: JSON.stringify({
          messagePreview: 'Lidia Holloway: Wingtip Plaza 7417',
          messageSender: { user: { displayName: 'Lidia Holloway' } },
        }),
      },
    ],
    unknownProperty: { lidia: 'lidiah', list: ['Kirkland', '4255550147', 7417] },
  },
);

/** Looked for in lower case, in every reading of the output. */
const SECRETS = (
  'lidia holloway lidiah fabrikam wingtip lakeview kirkland 7417 3417 4417 83702 4255550147 4255550148 0147 0148 ' +
  '47.6712 122.1234 6712 f00dfeed aaaabbbb 7d1e2c3b 9c3d2f10 abcdefabcdef 1772440000 1772440000001 tglkawe 2026-03-02'
).split(' ');

describe('a capture', () => {
  test('holds no personal value of the original, however it was written', async () => {
    const { code, written, report } = await capture(PERSONAL);
    expect(report).not.toContain('Not written');
    expect(code).toBe(0);
    const texts = unwrap(JSON.parse(written)).join('\n').toLowerCase();
    expect(SECRETS.filter((secret) => texts.includes(secret))).toEqual([]);
  });

  test('could have held them: the original does', () => {
    const texts = unwrap(PERSONAL).join('\n').toLowerCase();
    const missing = SECRETS.filter((secret) => !texts.includes(secret));
    expect(missing).toEqual([]);
  });

  test('keeps the phrase, the labels, the number dialled, the tags and the lines', async () => {
    const { content } = JSON.parse((await capture(PERSONAL)).written).body;
    expect(content).toContain('has placed an Emergency&nbsp;Call to 911 via');
    for (const label of [
      'Location: ',
      'Callback number: ',
      'Mobile: ',
      'Coordinates: ',
      'Rechnername',
      ', Floor ',
      ', Room ',
    ]) {
      expect(content).toContain(label);
    }
    const tags = (html: string) => html.match(/<\/?[a-z]+/g);
    expect(tags(content)).toEqual(tags((PERSONAL.body as { content: string }).content));
  });

  test('replaces a value by the same sample everywhere, of the same shape', async () => {
    const redacted = JSON.parse((await capture(PERSONAL)).written);
    const name: string = redacted.from.user.displayName;
    expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
    expect(redacted.mentions[0].mentionText).toBe(name);
    expect(redacted.mentions[0].mentioned.user).toEqual({ displayName: name, id: redacted.from.user.id });
    expect(redacted.attachments[0].content).toContain(name);
    expect(redacted.body.content).toContain(`<attachment id="${redacted.attachments[0].id}">`);
    const [, number = ''] = /tel:(\+142555501\d\d)"/.exec(redacted.body.content) ?? [];
    expect(number).not.toBe('');
    expect(JSON.parse(redacted.attachments[0].content).actions[0].url).toBe(`tel:${number}`);
    const [, latitude = ''] = /Coordinates: (\d\d\.\d{4}), -\d{3}\.\d{4}/.exec(redacted.body.content) ?? [];
    expect(String(JSON.parse(redacted.attachments[0].content).body[1].facts[1].value)).toBe(latitude);
    expect(decodeURIComponent(redacted.body.content)).toContain(`maps?cp=${latitude}~-`);
    expect(redacted.id).toMatch(/^\d{13}$/);
    expect(new Date(Number(redacted.id)).toISOString()).toBe(redacted.createdDateTime);
    expect(Date.parse(redacted.lastModifiedDateTime) - Date.parse(redacted.createdDateTime)).toBe(1_377);
  });

  test('has numbers that nobody has, and nobody else’s domain', async () => {
    const texts = unwrap(JSON.parse((await capture(PERSONAL)).written)).join('\n');
    for (const [, last] of texts.matchAll(/\+?1?[ (]*425\)?[ -]?555\D?(\d{4})/g)) expect(last).toMatch(/^01\d\d$/);
    const domains = texts.match(/@[a-z]+\.(?:com|example)/g) ?? [];
    expect(domains.length).toBeGreaterThan(0);
    for (const domain of domains) expect(domain).toMatch(/@(?:contoso|northwindtraders|litwareinc|adatum)\.com/);
  });

  test('is the same each time', async () => {
    expect((await capture(PERSONAL)).written).toBe((await capture(PERSONAL)).written);
  });

  test.each(FIXTURES)('of %s is read as the fixture is, and captures no name, id or number of it', async (file) => {
    const original: unknown = JSON.parse(readFileSync(`test/fixtures/chat-messages/${file}`, 'utf8'));
    const { code, written, report } = await capture(original);
    expect(report).not.toMatch(/NOT|Not written/);
    expect(code).toBe(0);
    const [before, after] = [original, JSON.parse(written)].map((message) => readEmergencyMessage(message, OPTIONS));
    expect(after).toMatchObject({
      verdict: before?.verdict,
      confidence: before?.confidence,
      language: before?.language,
      isTest: before?.isTest,
      unknown: before?.unknown,
    });
    const texts = unwrap(JSON.parse(written)).join('\n');
    const personal =
      unwrap(original)
        .join('\n')
        .match(/Alex(?= Wilber)|Wilber|AlexW|[0-9a-f]{8}-[0-9a-f]{4}|\b0?1\d\d\b(?=\D*$)|5e7c1a9d\w+/g) ?? [];
    for (const value of personal) expect(texts).not.toContain(value);
  });

  test('of any place, name and number holds none of their words', async () => {
    const word = fc.string({ unit: fc.constantFrom(...'bcdfghjklmnpqrtvwxz'), minLength: 5, maxLength: 9 });
    const given = fc.record({
      first: word,
      last: word,
      place: word,
      street: word,
      house: fc.integer({ min: 1_000, max: 99_999 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ first, last, place, street, house }) => {
        const [name, where] = [`${first.toUpperCase()} ${last}`, `${place} ${house}, ${street} street`];
        const { written, report } = await capture(
          chatMessage(`<p>${name} ${PHRASE}</p><p>Location: ${where}</p><p>seen near ${place}</p>`, {
            from: { user: { id: '1', displayName: name } },
          }),
        );
        expect(report).not.toContain('Not written');
        const texts = unwrap(JSON.parse(written)).join('\n').toLowerCase();
        for (const value of [first, last, place, street, String(house)]) expect(texts).not.toContain(value);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the report', () => {
  test('counts what was replaced by kind, shows both readings and warns; it holds no value', async () => {
    const { report } = await capture(PERSONAL);
    expect(report).toMatch(/^Replaced: .*\d+ × name.*\d+ × phone number/);
    const [, original, redacted] = report.split('\n');
    expect(original).toMatch(
      /^Original: emergency \(certain\), language en, facts: .*callbackNumber.*location.*coordinates/,
    );
    expect(redacted?.replace('Capture:  ', '')).toBe(original?.replace('Original: ', ''));
    expect(report).toContain('Read the capture before you send it');
    expect(SECRETS.filter((secret) => report.toLowerCase().includes(secret))).toEqual([]);
  });

  test('says so, with exit code 1, when the capture is not read as the original is', async () => {
    // A name that is a word for an emergency makes this important message one; its sample does not.
    const { code, report, written } = await capture(
      chatMessage('<p>Lidia Notfall</p>', { from: { user: { id: '1', displayName: 'Lidia Notfall' } } }),
    );
    expect(code).toBe(1);
    expect(report).toContain('Original: emergency (possible)');
    expect(report).toContain('Capture:  other');
    expect(report).toContain('NOT read as the original is');
    expect(written).not.toBe('');
  });
});

describe('what is no chat message is refused', () => {
  test.each([
    ['no JSON', 'Lidia Holloway', 'not JSON'],
    ['cut short', '{"body":{"content":"Lidia', 'not JSON'],
    ['empty', '', 'not JSON'],
    ['a text', '"Lidia"', 'one chat message'],
    ['null', 'null', 'one chat message'],
    ['a list', '[{"body":{}}]', 'one chat message'],
    ['a list of Graph', '{"value":[{"body":{"content":"Lidia"}}]}', 'give one chat message of it'],
    ['another resource', '{"displayName":"Lidia"}', 'no chat message'],
  ])('%s', async (_, source, reason) => {
    const refusal = capture(source);
    await expect(refusal).rejects.toThrow(CaptureInputError);
    await expect(refusal).rejects.toThrow(reason);
    await expect(refusal).rejects.not.toThrow(/Lidia/);
  });
});

describe('the command', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'capture-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function run(args: string[], input = '') {
    return new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'cli/capture.ts', ...args], {
        env: { ...process.env, EXTRA_EMERGENCY_PHRASES: '' },
      });
      let [out, err] = ['', ''];
      child.stdout.on('data', (data) => {
        out += String(data);
      });
      child.stderr.on('data', (data) => {
        err += String(data);
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, out, err }));
      child.stdin.end(input);
    });
  }

  test('reads a file and writes a file, and overwrites none', async () => {
    const [source, out] = [join(dir, 'message.json'), join(dir, 'capture.json')];
    writeFileSync(source, JSON.stringify(PERSONAL));
    expect(await run([source, '--out', out])).toMatchObject({ code: 0, out: '' });
    const written = readFileSync(out, 'utf8');
    expect(JSON.parse(written).body.content).toContain('has placed an Emergency');
    const again = await run(['-', '--out', out], JSON.stringify(PERSONAL));
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain('is not overwritten');
    expect(readFileSync(out, 'utf8')).toBe(written);
  });

  test('writes standard output with the report beside it; refuses bad input with exit code 2', async () => {
    const [good, missing, bad] = await Promise.all([
      run(['-'], JSON.stringify(PERSONAL)),
      run(['missing.json']),
      run(['-'], 'Lidia'),
    ]);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out).messageType).toBe('message');
    expect(good.err).toContain('Original: emergency (certain)');
    expect(missing).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('missing.json cannot be read (ENOENT)'),
    });
    expect(bad).toMatchObject({ code: 2, out: '', err: expect.stringContaining('The input is not JSON') });
    expect(bad.err).not.toContain('Lidia');
  });
});

import fc from 'fast-check';
import { NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import type { AlertWords } from '../../shared/messaging/alertSms.ts';
import type { Channel, ChannelName, OutgoingMessage, SendResult } from '../../shared/messaging/channel.ts';
import { type Answer, type Posted, type PostServer, respond, startPostServer } from './postServer.ts';
import { closedPort } from './twilioServer.ts';

/** What differs between the channels: how one is made, how its provider speaks, and what of a request is seen or heard. */
export interface ChannelUnderTest {
  name: ChannelName;
  to: string;
  create(origin: string, timeoutMs: number): Channel;
  /** The provider takes a message. */
  takes: Answer;
  /** The provider refuses this message for good. */
  refuses: Answer;
  /** The texts of a request as its reader gets them, and the names of all markup around them. */
  shown(request: Posted): { texts: string[]; markup: string[] };
  /** All markup that is ours. */
  markup: readonly string[];
  /** Languages in which it speaks. */
  languages: readonly Language[];
}

type Language = keyof typeof WORDS;

/** As emergency desks of these languages would say it; a missing fact is one of `unknown`. */
const WORDS = {
  en: { call: /EMERGENCY CALL/i, unknown: /unknown/gi },
  de: { call: /NOTRUF/i, unknown: /unbekannt/gi },
  es: { call: /LLAMADA DE EMERGENCIA/i, unknown: /desconocido/gi },
  fr: { call: /APPEL D'URGENCE/i, unknown: /inconnu/gi },
} as const;

const REFERENCE = { callId: '8345-0123', alertKey: 'first', recipientId: 'adele' };
const HOSTILE = `</td></Say><script>x()</script> & "R" 'y' [z](http://a.b) {"c":1} ]]> *d* \${e} {{f}}`;
const ALERT: AlertWords = {
  kind: 'call',
  callCode: 'K7M',
  isTest: false,
  occurredAt: new Date('2026-11-21T14:05:09Z'),
  facts: {
    ...NO_FACTS,
    emergencyNumberDialed: '911',
    callerDisplayName: `Alex ${HOSTILE}`,
    callerUpn: 'alexw@contoso.com',
    callbackNumber: '+14255550123',
    location: `Building 34 ${HOSTILE}`,
  },
  content: 'read',
};
/** Nothing of these may come back in a result, which is logged. */
const PERSONAL = ['Alex', 'alexw', 'Building', '5550123', '55501', '0111', 'adele', 'K7M', 'echo of the request'];

/** Every channel keeps the contract of `Channel`. */
export function describeChannel(under: ChannelUnderTest): void {
  const { name, to } = under;
  let server: PostServer;
  beforeEach(async () => {
    server = await startPostServer(under.takes);
  });
  afterEach(() => server.close());

  const channel = (timeoutMs = 2_000) => under.create(server.origin, timeoutMs);
  const messageOf = (alert = ALERT, language = 'en'): OutgoingMessage => {
    const style = { detail: 'full', timeZone: 'UTC', language } as const;
    const [body = '', ...more] = channel().compose(alert, style);
    expect(more).toEqual([]);
    return { to, body, reference: REFERENCE };
  };
  const posts = () => server.received.filter(({ method }) => method === 'POST');
  const send = (timeoutMs?: number): Promise<SendResult> => channel(timeoutMs).send(messageOf());
  const keepsSilent = (result: SendResult) => {
    const said = JSON.stringify({ ...result, providerMessageId: '' });
    expect(PERSONAL.filter((word) => said.includes(word))).toEqual([]);
    expect(said).not.toContain(new URL(server.origin).port);
  };

  describe(`${name}: what becomes of one attempt`, () => {
    test('taken: with the name that the provider gave it', async () => {
      expect(channel().name).toBe(name);
      const result = await send();
      expect(result).toMatchObject({ outcome: 'accepted', providerMessageId: expect.stringMatching(/./) });
      keepsSilent(result);
      expect(posts()).toHaveLength(1);
    });

    test('refused for good', async () => {
      server.answers(under.refuses);
      const result = await send();
      expect(result).toMatchObject({ outcome: 'permanent', code: expect.stringMatching(/\d{3}/) });
      keepsSilent(result);
      expect(posts()).toHaveLength(1);
    });

    test.each([
      [
        'too many requests, to wait 7 s',
        respond(429, { message: 'echo of the request' }, { 'retry-after': '7' }),
        7_000,
      ],
      ['not available', respond(503, 'echo of the request'), null],
      ['not available, to wait 2 minutes', respond(503, '', { 'retry-after': '120' }), 120_000],
    ])('for a time: %s', async (_, answer, retryAfterMs) => {
      server.answers(answer);
      const result = await send();
      expect(result).toMatchObject({ outcome: 'temporary', retryAfterMs });
      keepsSilent(result);
      expect(posts()).toHaveLength(1);
    });

    test.each([401, 403, 404, 302])('HTTP %i, which somebody can mend: for a time, and not hurried', async (status) => {
      server.answers(respond(status, 'echo of the request', { location: `${server.origin}/elsewhere` }));
      const result = await send();
      expect(result).toMatchObject({ outcome: 'temporary' });
      expect(result.outcome === 'temporary' && (result.retryAfterMs ?? 0)).toBeGreaterThanOrEqual(10_000);
      keepsSilent(result);
      expect(server.received).toHaveLength(1);
    });

    test.each<[string, Answer]>([
      ['an internal error', respond(500, 'echo of the request')],
      ['no answer in time', () => undefined],
      ['a connection that breaks', (response) => response.destroy()],
      [
        'an answer that breaks off',
        (response) => {
          response.writeHead(202, { 'content-length': '1000' });
          response.write('{"id":"');
          setTimeout(() => response.destroy(), 10);
        },
      ],
    ])('in doubt: %s', async (_, answer) => {
      server.answers(answer);
      const result = await send(250);
      expect(result).toMatchObject({ outcome: 'doubtful' });
      keepsSilent(result);
      expect(posts()).toHaveLength(1);
    });

    test('nobody listens: surely not taken', async () => {
      const result = await under.create(`http://127.0.0.1:${await closedPort()}`, 2_000).send(messageOf());
      expect(result).toMatchObject({ outcome: 'temporary', code: 'ECONNREFUSED' });
      keepsSilent(result);
    });

    test.each(['', 'null', '[]', '{"id":7,"sid":null}', '<html>', '\0'])(
      'whatever stands in a 2xx, nothing is thrown: %j',
      async (body) => {
        server.answers(respond(202, body));
        expect(['accepted', 'doubtful']).toContain((await send()).outcome);
        expect(posts()).toHaveLength(1);
      },
    );
  });

  describe(`${name}: the words`, () => {
    const shownOf = async (message: OutgoingMessage) => {
      const before = server.received.length;
      expect(await channel().send(message)).toMatchObject({ outcome: 'accepted' });
      const [request] = server.received.slice(before);
      if (!request) throw new Error('Nothing was sent');
      return under.shown(request);
    };
    /** Signs apart, which are quoted and spoken in several ways. */
    const bare = (text: string) => text.replace(/[^\p{L}\p{N}<>&{}[\]()$*]/gu, '');

    test('a name and a place of signs and markup are text, whole', async () => {
      const { texts, markup } = await shownOf(messageOf());
      for (const text of texts) expect(bare(text)).toContain(bare(HOSTILE));
      expect(markup.filter((one) => !under.markup.includes(one))).toEqual([]);
    });

    test.each([
      'Call K7M: Adele Vance <b>has</b> it & goes.',
      'EMERGENCY CALL K7M. Details are on the record.',
      '{"not":"json',
      '[]',
    ])('words of another hand are carried too: %s', async (body) => {
      const { texts, markup } = await shownOf({ to, body, reference: REFERENCE });
      for (const text of texts) expect(bare(text)).toContain(bare(body));
      expect(markup.filter((one) => !under.markup.includes(one))).toEqual([]);
    });

    const away: AlertWords = {
      ...ALERT,
      ...{ whereabouts: 'offSite', facts: { ...ALERT.facts, callerDisplayName: 'Alex Wilber', location: '12 Elm St' } },
    };
    const everywhere = under.languages.flatMap((language) =>
      (['call', 'update'] as const).map((kind) => [language, kind] as const),
    );
    test.each(everywhere)('in %s, a %s from off site says so, behind TEST where it is one', async (language, kind) => {
      for (const isTest of [false, true]) {
        const { texts } = await shownOf(messageOf({ ...away, kind, isTest }, language));
        for (const text of texts) {
          expect(text).toMatch(isTest ? /TEST.*OFF-SITE/s : /OFF-SITE/);
          expect(text).toContain('12 Elm St');
        }
      }
      for (const whereabouts of ['onSite', 'unknown'] as const) {
        const { texts } = await shownOf(messageOf({ ...away, kind, whereabouts }, language));
        for (const text of texts) expect(text).not.toContain('OFF-SITE');
      }
    });

    test.each(everywhere)('in %s, a location that a %s withholds is no unknown one: who knows it', async (...which) => {
      const [language, kind] = which;
      // Whatever the facts still hold: a place is said in one way only.
      const knownTo = ['Adele Vance', `Megan "Meg" Bowen`, 'Nestor\nWilke', 'Lidia Holloway', 'Diego Siciliani'];
      const facts = { ...away.facts, coordinates: null };
      const told = await shownOf(messageOf({ ...away, kind, facts: { ...facts, location: null }, knownTo }, language));
      for (const text of told.texts) {
        expect(text).toContain('Adele Vance');
        expect(bare(text)).toContain(bare('Nestor Wilke +2'));
        expect(text).not.toMatch(/12 Elm St|Lidia|Diego/);
        expect(text.match(WORDS[language].unknown) ?? []).toEqual([]);
      }
      const alone = await shownOf(messageOf({ ...away, kind, knownTo: ['Adele Vance'] }, language));
      for (const text of alone.texts) expect(text).not.toMatch(/12 Elm St|\+\d\D/);
    });

    const piece = fc.constantFrom('Main', '34', '<i>', '&amp;', '"', "'", '\\', '{', ']', '*', '\n', ': ', 'é', ' ');
    const alerts = fc.record({
      kind: fc.constantFrom('call', 'update', 'detailsPending', 'detailsUnavailable' as const),
      dialed: fc.option(fc.constantFrom('911', '112')),
      callback: fc.option(fc.constantFrom('+14255550123', '+14255550177')),
      place: fc.option(fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => `R${pieces.join('')}z`)),
      isTest: fc.boolean(),
      language: fc.constantFrom(...under.languages),
    });

    test('no alert leaves out one of the three facts: what is missing is said to be unknown', async () => {
      const told = async ({ kind, dialed, callback, place, isTest, language }: Alerts) => {
        const facts = { ...NO_FACTS, emergencyNumberDialed: dialed, callbackNumber: callback, location: place };
        const message = messageOf({ ...ALERT, kind, isTest, facts, changed: ['location'] }, language);
        const { call, unknown } = WORDS[language];
        for (const text of (await shownOf(message)).texts) {
          if (kind === 'call' || kind === 'update') expect(text).toMatch(call);
          if (dialed !== null && kind === 'call') expect(digitsOf(text)).toContain(dialed);
          if (callback !== null) expect(digitsOf(text)).toContain(digitsOf(callback));
          if (place !== null) expect(bare(text)).toContain(bare(place));
          const missing = [callback, place].filter((fact) => fact === null).length;
          expect(text.match(unknown)?.length ?? 0).toBeGreaterThanOrEqual(missing);
          expect(text.includes('TEST')).toBe(isTest);
        }
      };
      await fc.assert(fc.asyncProperty(alerts, told), { numRuns: 60 });
    });
  });
}

interface Alerts {
  kind: AlertWords['kind'];
  dialed: string | null;
  callback: string | null;
  place: string | null;
  isTest: boolean;
  language: Language;
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

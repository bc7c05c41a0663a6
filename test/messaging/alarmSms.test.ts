import { SegmentedMessage } from 'sms-segments-calculator';
import { type AlarmNews, composeAlarmSms } from '../../shared/messaging/alarmSms.ts';
import { findings } from '../../shared/watch/findings.ts';
import type { Observations } from '../../shared/watch/observations.ts';
import { ago, allWell, NOW, source } from '../watch/observed.ts';

/** By Twilio's own counting. */
const segmentsOf = (body: string) => new SegmentedMessage(body).segmentsCount;
const style = { timeZone: 'America/Los_Angeles', now: new Date('2026-03-14T20:00:00Z') };

function news(change: Partial<AlarmNews['alarm']> = {}, kind: AlarmNews['kind'] = 'begins'): AlarmNews {
  return {
    kind,
    alarm: {
      severity: 'warning',
      title: 'sign-in lost',
      what: 'The sign-in is lost.',
      todo: 'Run: npm run sign-in.',
      since: '2026-03-14T19:12:00Z',
      overAt: null,
      ...change,
    },
  };
}

test('says what happened, since when by the clock of the team, and what to do', () => {
  expect(composeAlarmSms([news({ severity: 'critical' })], style)).toBe(
    'ALARM (critical, since 12:12 PDT) The sign-in is lost. Run: npm run sign-in.',
  );
});

test('one that lasts says so, one that began before today names the day, one that is over says from when to when', () => {
  expect(composeAlarmSms([news({}, 'lasts')], style)).toMatch(/^ALARM \(still warning, since/);
  expect(composeAlarmSms([news({ since: '2026-03-11T19:12:00Z' })], style)).toContain('since 11 Mar 12:12 PDT');
  expect(composeAlarmSms([news({ overAt: '2026-03-14T19:40:00Z' }, 'over')], style)).toBe(
    'OVER sign-in lost (12:12 PDT to 12:40 PDT)',
  );
});

test('the worst comes first and what is over last', () => {
  const lines = composeAlarmSms(
    [news({ overAt: '2026-03-14T19:40:00Z', severity: 'critical' }, 'over'), news(), news({ severity: 'critical' })],
    style,
  ).split('\n');
  expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'ALARM (critical,',
    'ALARM (warning,',
    'OVER sign-in',
  ]);
});

test('what does not fit into three segments is counted', () => {
  const many = Array.from({ length: 12 }, (_, i) => news({ what: `Alarm number ${i} is about something long.` }));
  const body = composeAlarmSms([...many, news({ severity: 'critical', what: 'The worst of them.' })], style);
  expect(body).toMatch(/^ALARM \(critical.*The worst of them/);
  const told = body.split('\n').filter((line) => line.startsWith('ALARM')).length;
  expect(body).toMatch(new RegExp(`\nand ${13 - told} more: npm run status$`));
  expect(segmentsOf(body)).toBe(3);
});

test('one that is too long by itself loses what to do, which the status says too, before anything else', () => {
  const body = composeAlarmSms([news({ todo: 'Do this. '.repeat(80) })], style);
  expect(body).toContain('The sign-in is lost.');
  expect(body).toMatch(/npm run status$/);
  expect(segmentsOf(body)).toBe(1);
  expect(segmentsOf(composeAlarmSms([news({ what: 'x'.repeat(900) })], style))).toBe(1);
});

test('a character outside of GSM-7 does not double the price', () => {
  expect(composeAlarmSms([news({ what: 'The policy “Zürich – Čech” is silent…' })], style)).toContain(
    '"Zürich - Cech"',
  );
});

/** Everything at its worst at once. */
const ILL: Observations = {
  ...allWell(),
  storage: { value: { clockOffsetMs: 3_600_000 } },
  settings: {
    value: {
      faults: [
        {
          name: 'AlertStorage__tableServiceUri',
          problem: 'x'.repeat(400),
          feature: 'reading chats through Microsoft Graph',
        },
      ],
    },
  },
  people: {
    value: {
      recipients: [{ id: 'a'.repeat(64), isLastResort: true }],
      administrators: [],
      attempts: [
        {
          recipientId: 'a'.repeat(64),
          at: ago('1 h'),
          failure: '21608: the number is not verified, and the account is limited to verified numbers',
          isCurrentNumber: true,
        },
      ],
    },
  },
  channel: { value: { name: 'sms', failure: '20008: the credentials are test credentials' } },
  subscriptions: {
    value: {
      mode: { name: 'perChat', since: NOW, readBackOnly: 812 },
      sources: [
        source('chats', {
          grant: null,
          failure: { action: 'create', code: 'ExtensionError: too many', since: ago('9 d') },
        }),
        source(`event:${'Headquarters '.repeat(4)}`, {
          grant: { from: ago('40 h'), until: ago('-1 h') },
          failure: { action: 'renew', code: 'ServiceUnavailable', since: ago('9 d') },
          gap: { from: ago('30 h'), until: ago('3 h') },
        }),
      ],
      refusedAt: ago('1 min'),
      singleChats: [source('chat:1', { grant: null })],
    },
  },
  appSignIn: {
    value: {
      isWanted: true,
      failure: { code: 'appIdentity noIdentity', isTemporary: false, advice: 'y'.repeat(190) },
      refreshedAt: null,
    },
  },
  chats: { value: { isWanted: true, readUpTo: ago('9 d'), lagging: [ago('9 d'), ago('8 d')] } },
  calls: { value: { recorded: 2, untold: [0, 1].map(() => ({ code: 'K7D', isTest: false, recordedAt: ago('1 h') })) } },
  work: { value: { open: 3, oldestAlert: ago('1 h'), oldestOther: ago('1 h'), unreadable: 2 } },
  poison: { value: { messages: 32, oldest: ago('1 h') } },
  deadLetters: {
    value: {
      count: 200,
      isMore: true,
      newest: { id: 'x', at: ago('1 h'), reason: 'z'.repeat(300) },
      oldest: ago('9 d'),
      untold: { count: 2, since: ago('1 h') },
    },
  },
  canaries: {
    value: {
      isWanted: true,
      partitions: [
        { partitionId: '0', sent: [ago('20 min')], arrived: { sentAt: ago('30 min'), arrivedAt: ago('26 min') } },
      ],
      failure: { code: 'MessagingError ETIMEDOUT', since: ago('1 h') },
    },
  },
  timers: {
    value: { ranAt: { sweep: ago('1 h'), renewSubscriptions: ago('1 h'), watch: ago('1 h'), purge: ago('9 d') } },
  },
  certificates: {
    value: {
      isWanted: true,
      expiring: [{ name: 'secret twilio-auth-token', expiresAt: ago('-2 d') }],
      isInUseEnabled: false,
    },
  },
};

test('every alarm that there is fits whole into three segments by itself, without anything left out', () => {
  const all = findings(ILL, NOW);
  expect(all.length).toBeGreaterThan(25);
  for (const { id, what, todo, title, severity } of all) {
    const body = composeAlarmSms(
      [news({ what, todo, title, severity, since: '2026-03-11T19:12:00Z' }, 'lasts')],
      style,
    );
    expect({ id, body, isWhole: body.includes(todo.slice(-30)) && segmentsOf(body) <= 3 }).toEqual({
      id,
      body,
      isWhole: true,
    });
  }
});

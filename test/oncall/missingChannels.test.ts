import type { ChannelName } from '../../shared/oncall/delivery.ts';
import { missingChannels } from '../../shared/oncall/missingChannels.ts';
import { EXAMPLE, rosterOf } from './rosters.ts';

const NO_CALLS = 'nothing can call (TWILIO_FROM must be a number that can call, not a messaging service)';
const NO_MAIL = 'no mail can be sent (EMAIL_ENDPOINT)';

function missing(document: unknown, ...isSetUp: ChannelName[]): string[] {
  return missingChannels(rosterOf(document), (channel) => isSetUp.includes(channel));
}

test('a person and a step that count on calls are told of where nothing can call', () => {
  expect(missing(EXAMPLE, 'sms', 'email')).toEqual([`names voice for 1 person and 1 step, and ${NO_CALLS}`]);
});

test('several people, and each channel by itself', () => {
  const everybody = {
    ...EXAMPLE,
    people: EXAMPLE.people.map((person: object) => ({ ...person, channels: ['sms', 'email'], email: 'a@contoso.com' })),
  };
  expect(missing(everybody, 'sms')).toEqual([
    `names voice for 1 step, and ${NO_CALLS}`,
    `names email for 3 people, and ${NO_MAIL}`,
  ]);
});

test.each([
  ['all is set up', EXAMPLE, ['sms', 'voice', 'email']],
  ['nobody counts on mail', EXAMPLE, ['sms', 'voice']],
  ['nobody counts on it', { ...EXAMPLE, people: plain(), teams: oneStep() }, ['sms']],
  ['that there is no SMS is told elsewhere', { ...EXAMPLE, people: plain(), teams: oneStep() }, []],
] as const)('%s: nothing to tell', (_name, document, isSetUp) => {
  expect(missing(document, ...isSetUp)).toEqual([]);
});

test('no name and no number is in it', () => {
  const told = missing(EXAMPLE, 'sms').join(' ');
  for (const { id, name, phone } of EXAMPLE.people) {
    expect(told).not.toContain(id);
    expect(told).not.toContain(name);
    expect(told).not.toContain(phone);
  }
});

function plain(): unknown[] {
  return EXAMPLE.people.map((person: object) => ({ ...person, channels: ['sms'], mayKnowHomeAddress: false }));
}

function oneStep(): unknown[] {
  return EXAMPLE.teams.map((team: object) => ({ ...team, steps: [{ tell: ['adele'] }] }));
}

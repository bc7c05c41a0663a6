import type { Services } from '../../pipeline/services.ts';
import { note } from '../audit.ts';
import type { TestResult } from '../contract.ts';
import { PageProblem } from '../problem.ts';
import type { Visitor } from '../visitor.ts';

/** Each message costs, and nobody needs them by the dozen. */
const AGAIN_AFTER_MS = 30_000;
const WORDS = {
  sms: 'Teams Emergency Alerts: this is a test that you asked for on the page. No emergency call was made.',
  // The first line is how a script says that it is news, not a call: nobody is asked for an answer.
  voice:
    '[en-US news]\nThis is a test of Teams Emergency Alerts that you asked for on the page. No emergency call was made.',
} as const;

const lastTests = new Map<string, number>();

/** Texts or calls the person of the roster who is signed in, and nobody else. */
export async function testOneself(services: Services, visitor: Visitor, channel: 'sms' | 'voice'): Promise<TestResult> {
  const { person, upn } = visitor;
  if (!person) {
    throw new PageProblem(
      'notSetUp',
      `Nobody on the roster has your address as e-mail${upn === null ? '' : ` (${upn})`}: an administrator adds it, then your number is known.`,
    );
  }
  const way = services.channels[channel];
  if (!way)
    throw new PageProblem(
      'notSetUp',
      channel === 'sms' ? 'No SMS can be sent: the settings of Twilio are missing.' : 'No number is set that calls.',
    );
  const now = services.now().getTime();
  const last = lastTests.get(visitor.id);
  if (last !== undefined && Math.abs(now - last) < AGAIN_AFTER_MS) throw new PageProblem('tooMany');
  lastTests.set(visitor.id, now);
  await note(services, visitor, { action: 'changed', what: `test ${channel}`, of: person.id });
  const result = await way.send({ to: person.phone, body: WORDS[channel] });
  const isAccepted = result.outcome === 'accepted';
  return {
    isAccepted,
    phoneEnd: person.phone.slice(-2),
    detail: isAccepted
      ? 'Twilio has taken it. If nothing arrives within a minute, look into the log of Twilio’s console.'
      : `Twilio did not take it: ${result.reason} (${result.code}).`,
  };
}

import type { Services } from '../../pipeline/services.ts';
import type { SetUp } from '../contract.ts';
import { readStatus } from '../status/status.ts';
import type { Visitor } from '../visitor.ts';

type Step = SetUp['steps'][number];

/** The steps until the first call is told, in their order, each with whether it is done. */
export async function setUpSteps(services: Services, visitor: Visitor): Promise<Step[]> {
  const { signIn, subscriptions, lastTests } = await readStatus(services, visitor);
  const { faults } = services;
  const current = services.roster();
  const problems = services.rosterProblems();
  const living = subscriptions.sources.filter(({ expiresAt }) => expiresAt !== null);
  const told = lastTests.filter(({ outcome }) => outcome !== 'nobody was told');
  return [
    step('settings', 'Settings and Twilio', faults.length === 0 && services.channels.sms !== undefined, {
      detail: faults.length === 0 ? 'All can be used.' : `${faults.map(({ name }) => name).join(', ')} cannot be used.`,
      todo: 'Run npm run doctor: it says what is missing and where it is set.',
    }),
    step('signIn', 'Sign in the service account', signIn.signedInAs !== null, {
      detail: signIn.signedInAs === null ? 'Nobody is signed in.' : 'It is signed in.',
      todo: 'Begin the sign-in on this page, and sign in as the service account.',
    }),
    step('subscription', 'Subscribe to its messages', living.length > 0, {
      detail: `${living.length} of ${subscriptions.sources.length} subscriptions live.`,
      todo: 'It follows the sign-in within a minute. If it does not, the status page says why.',
    }),
    step('roster', 'Say who is told', current !== null && current.origin.kind !== 'part' && problems.length === 0, {
      detail:
        current === null
          ? 'There is no roster.'
          : `${current.roster.people.length} people, ${problems.length} problems.`,
      todo: 'Write roster.json after roster.example.json, then run npm run roster -- import roster.json.',
    }),
    step('test', 'Make a test call', told.length > 0, {
      detail: told.length > 0 ? 'A test call was told.' : 'No test call was told yet.',
      todo: 'Dial 933 in Teams with an account that has the emergency calling policy.',
    }),
  ];
}

function step(id: Step['id'], title: string, isDone: boolean, { detail, todo }: Pick<Step, 'detail' | 'todo'>): Step {
  return { id, title, isDone, detail, todo: isDone ? '' : todo };
}

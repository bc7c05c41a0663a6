import {
  overrideRequestSchema,
  rosterChangedSchema,
  rosterQuerySchema,
  rosterSchema,
  setUpSchema,
  testRequestSchema,
  testResultSchema,
} from '../contract.ts';
import { PageProblem } from '../problem.ts';
import { changeOverrides, isSame } from '../roster/override.ts';
import { setUpSteps } from '../roster/setUp.ts';
import { testOneself } from '../roster/testMessage.ts';
import { rosterView } from '../roster/view.ts';
import { get, post, type Route } from '../route.ts';

const DAY_MS = 24 * 60 * 60_000;
const MOST_DAYS = 62;

export const rosterRoutes: readonly Route[] = [
  get({
    path: 'set-up',
    right: 'seeStatus',
    summary: 'The steps until the first call is told, and which are done',
    answer: setUpSchema,
    handle: async ({ services, visitor }) => ({ steps: await setUpSteps(services, visitor) }),
  }),
  get({
    path: 'roster',
    right: 'seeRoster',
    summary: 'Who is told, and who is on call from one time until another',
    query: rosterQuerySchema,
    answer: rosterSchema,
    async handle({ services, query }) {
      const from = query.from === undefined ? services.now() : new Date(query.from);
      const until = query.until === undefined ? new Date(from.getTime() + 28 * DAY_MS) : new Date(query.until);
      if (until <= from || until.getTime() - from.getTime() > MOST_DAYS * DAY_MS) {
        throw new PageProblem('badRequest', `The time must end after it begins, and within ${MOST_DAYS} days.`);
      }
      return rosterView(services, { from, until });
    },
  }),
  post({
    path: 'roster/overrides',
    right: 'changeRoster',
    summary: 'Somebody stands in: a new version of the roster, told within 30 s',
    body: overrideRequestSchema,
    answer: rosterChangedSchema,
    async handle({ services, visitor, body: { after, ...override } }) {
      return { version: await changeOverrides(services, visitor, after, (known) => [...known, override]) };
    },
  }),
  post({
    path: 'roster/overrides/remove',
    right: 'changeRoster',
    summary: 'Nobody stands in any more: a new version of the roster without that override',
    body: overrideRequestSchema,
    answer: rosterChangedSchema,
    async handle({ services, visitor, body: { after, ...override } }) {
      const version = await changeOverrides(services, visitor, after, (known) => {
        if (!known.some((one) => isSame(one, override)))
          throw new PageProblem('notFound', 'There is no such override.');
        return known.filter((one) => !isSame(one, override));
      });
      return { version };
    },
  }),
  post({
    path: 'tests',
    right: 'testOneself',
    summary: 'A test SMS or a test call to oneself',
    body: testRequestSchema,
    answer: testResultSchema,
    handle: ({ services, visitor, body }) => testOneself(services, visitor, body.channel),
  }),
];

import * as z from 'zod';
import { requestReplay } from '../../pipeline/replayDeadLetter.ts';
import type { Services } from '../../pipeline/services.ts';
import type { DeadLetter } from '../../store/deadLetterStore.ts';
import { note, noteView } from '../audit.ts';
import {
  type DeadLetters,
  deadLetterDetailSchema,
  deadLettersSchema,
  monitorSchema,
  replayResultSchema,
  statusSchema,
} from '../contract.ts';
import { PageProblem } from '../problem.ts';
import { toRawText } from '../rawText.ts';
import { get, post, type Route } from '../route.ts';
import { readMonitor, readStatus } from '../status/status.ts';

const MOST_LETTERS = 200;

export const statusRoutes: readonly Route[] = [
  get({
    path: 'status',
    right: 'seeStatus',
    summary: 'How everything that is watched stands, and what to do about what is not well',
    answer: statusSchema,
    handle: ({ services, visitor }) => readStatus(services, visitor),
  }),
  get({
    path: 'status/monitor',
    right: 'seeStatus',
    summary: 'The same for monitors, without personal data',
    answer: monitorSchema,
    handle: ({ services }) => readMonitor(services),
  }),
  get({
    path: 'dead-letters',
    right: 'replayDeadLetters',
    summary: 'What came in and could not be processed, the newest first',
    answer: deadLettersSchema,
    async handle({ services }) {
      const letters = await services.store.deadLetters.list(MOST_LETTERS + 1);
      return { letters: letters.slice(0, MOST_LETTERS).map(toLetter), isMore: letters.length > MOST_LETTERS };
    },
  }),
  get({
    path: 'dead-letters/{id}',
    right: 'replayDeadLetters',
    summary: 'One of them, as it came in',
    answer: deadLetterDetailSchema,
    async handle({ services, visitor, params }) {
      const letter = await letterOf(services, params.id);
      await noteView(services, visitor, 'dead letter', letter.id);
      return { ...toLetter(letter), json: toRawText(letter.raw) };
    },
  }),
  post({
    path: 'dead-letters/{id}/replay',
    right: 'replayDeadLetters',
    summary: 'Asks for a dead letter to be processed once more; it leaves the list when that works',
    body: z.strictObject({}),
    answer: replayResultSchema,
    async handle({ services, visitor, params }) {
      const letter = await letterOf(services, params.id);
      await note(services, visitor, { action: 'changed', what: 'dead letter replayed', of: letter.id });
      await requestReplay(services, letter.id);
      return { isRequested: true as const };
    },
  }),
];

async function letterOf({ store }: Services, id = ''): Promise<DeadLetter> {
  const letter = /^\d{13}-[0-9a-f]{16}$/.test(id) ? await store.deadLetters.get(id) : null;
  if (!letter) throw new PageProblem('notFound', 'This dead letter is not there: it was replayed, or it is too old.');
  return letter;
}

function toLetter({ id, at, source, reason, attempts }: DeadLetter): DeadLetters['letters'][number] {
  return { id, at, source, reason, attempts };
}

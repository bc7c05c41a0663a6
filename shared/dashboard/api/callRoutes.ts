import { createHash } from 'node:crypto';
import type { ResponseAction } from '../../oncall/response.ts';
import { answerCall } from '../../pipeline/answerCall.ts';
import { noteView } from '../audit.ts';
import { callDetail } from '../calls/detail.ts';
import { forgetLook, liveCalls } from '../calls/live.ts';
import { searchCalls } from '../calls/search.ts';
import { toSummary } from '../calls/summary.ts';
import { notificationsOf } from '../calls/timeline.ts';
import { callFor, withheldFrom } from '../calls/visible.ts';
import {
  type AnswerRequest,
  answerRequestSchema,
  answerResultSchema,
  callDetailSchema,
  callRawSchema,
  callsQuerySchema,
  callsSchema,
  liveSchema,
} from '../contract.ts';
import { PageProblem } from '../problem.ts';
import { toRawText } from '../rawText.ts';
import { get, post, type Route } from '../route.ts';
import { introduce } from '../visitor.ts';

export const callRoutes: readonly Route[] = [
  get({
    path: 'live',
    right: 'seeCalls',
    summary: 'The calls of the last day that are not resolved, and the newest ones; 304 while nothing has changed',
    answer: liveSchema,
    async handle({ services, visitor }) {
      await noteView(services, visitor, 'calls', null);
      return liveCalls(services, visitor);
    },
  }),
  get({
    path: 'calls',
    right: 'seeCalls',
    summary: 'Calls that fit, the newest first; says how far it looked',
    query: callsQuerySchema,
    answer: callsSchema,
    async handle({ services, visitor, query }) {
      await noteView(services, visitor, 'calls', null);
      return searchCalls(services, visitor, query);
    },
  }),
  get({
    path: 'calls/{id}',
    right: 'seeCalls',
    summary: 'Everything on record about a call; 304 while nothing has changed',
    answer: callDetailSchema,
    async handle({ services, visitor, params }) {
      const call = await callFor(services, visitor, params.id ?? '');
      await noteView(services, visitor, 'call', call.id);
      return callDetail(services, visitor, call);
    },
  }),
  get({
    path: 'calls/{id}/raw',
    right: 'seeCalls',
    summary: 'What came in about a call, as it came',
    answer: callRawSchema,
    async handle({ services, visitor, params }) {
      const call = await callFor(services, visitor, params.id ?? '');
      const withheld = withheldFrom(services, visitor, call);
      if (withheld !== null) throw new PageProblem('roleMissing', withheld);
      await noteView(services, visitor, 'raw', call.id);
      const { store } = services;
      const [entries, stored] = await Promise.all([
        store.timeline.listOfCall(call.id),
        call.chat === null ? null : store.chatMessages.get(call.chat.chatId, call.chat.messageId),
      ]);
      return {
        notifications: notificationsOf(entries),
        message: stored?.message ? toRawText(stored.message) : null,
      };
    },
  }),
  post({
    path: 'calls/{id}/answers',
    right: 'answerCalls',
    summary: 'Answers for a call; who answers is who is signed in, and it is recorded before this is answered',
    body: answerRequestSchema,
    answer: answerResultSchema,
    async handle({ services, visitor, params, body }) {
      const { id: callId } = await callFor(services, visitor, params.id ?? '');
      await introduce(services, visitor);
      const answer = { callId, by: visitor.recordId, action: actionOf(body), via: 'page', at: services.now() } as const;
      const { call, verdict } = await answerCall(services, { ...answer, key: keyOf(visitor.id, body.key) });
      forgetLook(services);
      return { verdict, call: toSummary(services, visitor, call) };
    },
  }),
];

function actionOf(answer: AnswerRequest): ResponseAction {
  return answer.action === 'resolve' ? { kind: 'resolve', reason: answer.reason } : { kind: answer.action };
}

function keyOf(visitorId: string, key: string): string {
  return createHash('sha256').update(`${visitorId}|${key}`).digest('hex').slice(0, 32);
}

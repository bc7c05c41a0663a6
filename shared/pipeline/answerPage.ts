import { createHash } from 'node:crypto';
import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { errorCodeOf } from '../errors.ts';
import { replyWords } from '../messaging/replyWords.ts';
import { type AnswerTicket, answerKeyOf, readAnswerToken } from '../oncall/answerToken.ts';
import { type PlaceRead, placeFor } from '../oncall/homeAddress.ts';
import type { ResponseAction } from '../oncall/response.ts';
import { answerCall } from './answerCall.ts';
import { ANSWER_BUTTONS, callPage, messagePage } from './answerPageHtml.ts';
import type { Services } from './services.ts';
import { readBytes, type WebhookRequest, type WebhookResponse } from './webhookRequest.ts';

/** What the page takes of a request: an `HttpRequest` of the Functions library is one. */
export interface PageRequest extends WebhookRequest {
  method: string;
}

/** A token and the name of a button. */
const MAX_BODY_BYTES = 4 * 1024;
const MAX_TOKEN_CHARS = 1_024;

/**
 * The page behind the link of a message: what is known of the call, and the answers as buttons. Opening it changes
 * nothing, since mail programs open links to look at them; only a button does, and what it did is said once it is
 * recorded. A link is for one recipient and one call and lives 60 minutes. Nothing is read from the storage for one that
 * is not ours.
 */
export async function answerPage(services: Services, request: PageRequest): Promise<WebhookResponse> {
  const { settings, now, log } = services;
  const secret = settings.graph?.tokenCacheKey;
  if (!secret) return page(503, messagePage('This page is not set up. Answer by text message instead.'));
  const isPost = request.method.toUpperCase() === 'POST';
  const form = isPost ? await readForm(request) : null;
  if (isPost && form === null) return page(413, messagePage('That was no answer.'));
  const token = (form ? form.get('t') : request.query.get('t')) ?? '';
  const ticket = token.length > MAX_TOKEN_CHARS ? 'invalid' : readAnswerToken(answerKeyOf(secret), token, now());
  if (ticket === 'invalid') return page(404, messagePage('This link is not one of ours, or a part of it is missing.'));
  if (ticket === 'expired') {
    return page(
      410,
      messagePage('This link has expired: it is good for an hour. Answer by text message, or ask your administrator.'),
    );
  }
  try {
    return form ? await take(services, ticket, token, form.get('action') ?? '') : await show(services, ticket, token);
  } catch (caught) {
    log.error('An answer through a link could not be recorded', { callId: ticket.callId, error: errorCodeOf(caught) });
    return page(503, messagePage('NOT RECORDED. Try again, or answer by text message.'));
  }
}

async function show(services: Services, ticket: AnswerTicket, token: string): Promise<WebhookResponse> {
  const call = (await services.store.calls.get(ticket.callId))?.value;
  if (!call) return page(404, messagePage('This call is no longer on record.'));
  return page(200, await pageOf(services, call, ticket.recipientId, { token, said: null }));
}

async function take(
  services: Services,
  { callId, recipientId: by }: AnswerTicket,
  token: string,
  name: string,
): Promise<WebhookResponse> {
  const action = actionOf(name);
  if (action === null) return page(400, messagePage('That was no answer. Nothing is changed.'));
  if (!(await services.store.calls.get(callId))) return page(404, messagePage('This call is no longer on record.'));
  // The same button of the same link is the same answer, however often a browser sends it.
  const key = createHash('sha256').update(`${token}|${name}`).digest('hex').slice(0, 32);
  const { call, verdict } = await answerCall(services, { callId, by, action, via: 'link', at: services.now(), key });
  const { holder } = call.response;
  const holderName = holder === null ? null : services.nameOf(holder);
  const style = {
    ...{ detail: services.settings.smsDetail, timeZone: services.timeZone() },
    ...{ language: services.languageOf(by), now: services.now() },
  };
  const said = replyWords({ kind: 'verdict', verdict, action, call, holderName }, style);
  return page(200, await pageOf(services, call, by, { token, said }));
}

function actionOf(name: string): ResponseAction | null {
  return ANSWER_BUTTONS.find((button) => button.name === name)?.action ?? null;
}

async function pageOf(
  services: Services,
  call: EmergencyCall,
  readerId: string,
  more: { token: string; said: string | null },
): Promise<string> {
  const { holder } = call.response;
  const holderName = holder === null ? null : services.nameOf(holder);
  const { knownTo, ...place } = await placeRead(services, call, readerId);
  const names = knownTo?.map((id) => services.nameOf(id)) ?? null;
  return callPage({ call: { ...call, ...place }, knownTo: names, ...more, holderName, timeZone: services.timeZone() });
}

/** A location is withheld as in the messages, for the sake of those who have, or may still get, one of their own. */
async function placeRead({ store, confidants }: Services, call: EmergencyCall, readerId: string): Promise<PlaceRead> {
  const isGuarded = call.whereabouts === 'offSite' && confidants().length > 0;
  const rows = isGuarded ? await store.deliveries.listOfCall(call.id) : [];
  const going = rows.flatMap(({ value }) => (value.state === 'failed' ? [] : [value]));
  const told = [...new Set(going.map(({ recipientId }) => recipientId))];
  const know = going.filter(({ homeAddress }) => homeAddress === 'told').map(({ recipientId }) => recipientId);
  return placeFor(call, readerId, { told, know }, confidants());
}

async function readForm(request: PageRequest): Promise<URLSearchParams | null> {
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  return bytes === null ? null : new URLSearchParams(bytes.toString('utf8'));
}

function page(status: number, body: string): WebhookResponse {
  return {
    status,
    body,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      // Nobody keeps it, nobody frames it, and its address, which holds the token, goes nowhere else.
      'Cache-Control': 'no-store',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Robots-Tag': 'noindex',
    },
  };
}

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AccountOptions, createAccount, readBasicCredentials } from './account.ts';
import { answerRequest, kindOf } from './api.ts';
import { apiErrorOfStatus } from './apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, toAnswer } from './apiRequest.ts';
import type { Behaviour } from './behaviours.ts';
import type { TwilioCall } from './calls/call.ts';
import type { CallBehaviour } from './calls/callPhone.ts';
import { createCalls } from './calls/callProgress.ts';
import { createCallStore } from './calls/callStore.ts';
import { createDelivery, type StatusCallback } from './delivery.ts';
import { createFaults, type TwilioFault, type TwilioFaults } from './faults.ts';
import { receiveReply } from './inbound.ts';
import type { TwilioMessage } from './message.ts';
import { createMessageStore, type PhoneMessage } from './messageStore.ts';
import type { Profile } from './profile.ts';
import { createTimers, type Timers } from './timers.ts';
import { createWebhooks } from './webhooks.ts';

export interface TwilioOptions extends AccountOptions {
  /** A free one without. */
  port?: number;
  /** Gives messages their dates. Waiting is by the machine's clock. */
  now?: () => Date;
  /** Time between two statuses of a message; 20 without. */
  deliverAfterMs?: number;
  /** How fast one sender sends. Without it there is no limit. */
  segmentsPerSecond?: number;
}

/** A request that came, without its password. */
export interface ReceivedRequest {
  at: Date;
  method: string;
  path: string;
  /** Of the query or the form. */
  parameters: Record<string, string>;
  username: string | null;
  /** What was answered; `null` when nothing was (yet). */
  status: number | null;
}

export interface Twilio {
  /** Stands in for https://api.twilio.com. */
  baseUrl: string;
  port: number;
  /** All messages, inbound ones too, the newest first. */
  messages(): TwilioMessage[];
  /** What the phone with this number shows, the oldest first: what was delivered to it. */
  phone(number: string): PhoneMessage[];
  /** Resolves with the first message, now or later, that the predicate takes; rejects after `timeoutMs`. */
  waitForMessage(predicate: (message: TwilioMessage) => boolean, timeoutMs: number): Promise<TwilioMessage>;
  /** All calls, the newest first: what became of them, what was heard and pressed. */
  calls(): TwilioCall[];
  /** Resolves with the first call, now or later, that the predicate takes; rejects after `timeoutMs`. */
  waitForCall(predicate: (call: TwilioCall) => boolean, timeoutMs: number): Promise<TwilioCall>;
  /** From now on the phone with this number takes calls in this way; without it, a person listens and presses no key. */
  setPhone(number: string, behaviour: CallBehaviour): void;
  /** Where inbound messages to one of the account's numbers are announced; `null` for nowhere. */
  setSmsUrl(number: string, url: string | null): void;
  /** Somebody writes from a phone to one of the account's numbers; see {@link receiveReply}. */
  reply(
    fromPhone: string,
    toNumber: string,
    body: string,
  ): Promise<{ message: TwilioMessage; webhookStatus: number | null }>;
  /** From now on the number takes messages in this way. */
  behave(number: string, behaviour: Behaviour): void;
  /** Changes what is true of the account, its numbers and their registration. */
  setProfile(changes: Partial<Profile>): void;
  faults: TwilioFaults;
  requests(): ReceivedRequest[];
  callbacks(): StatusCallback[];
  /** Wrong credentials, and whatever is not known here. What a fault or a behaviour refused is not in it. */
  refusals(): string[];
  /** Breaks off what is under way; resolves when no handle is left. */
  close(): Promise<void>;
}

const MAX_REQUEST_BYTES = 64 * 1024;

/** Starts one Twilio account on loopback: messages, calls, and what can be read of the account and its numbers. */
export async function startTwilio(options: TwilioOptions): Promise<Twilio> {
  const now = options.now ?? (() => new Date());
  const account = createAccount(options);
  const store = createMessageStore(now);
  const webhooks = createWebhooks(options.authToken);
  const timers = createTimers();
  const faultState = createFaults();
  const refusals: string[] = [];
  const requests: ReceivedRequest[] = [];
  const remember = (refusal: string) => {
    refusals.push(refusal);
  };
  const delivery = createDelivery({
    account,
    store,
    webhooks,
    timers,
    deliverAfterMs: options.deliverAfterMs ?? 20,
    segmentsPerSecond: options.segmentsPerSecond ?? null,
  });
  const calls = createCalls({
    account,
    store: createCallStore(now),
    webhooks,
    timers,
    now,
    deliverAfterMs: options.deliverAfterMs ?? 20,
    remember,
  });
  const parts = { account, store, delivery, calls, remember };

  const server = createServer((incoming, response) => {
    readRequest(incoming).then(
      (request) => {
        const record = toRecord(request, now());
        requests.push(record);
        respond(request, faultState.take(kindOf(request)), { parts, timers, response, record });
      },
      () => incoming.socket.destroy(),
    );
  });
  const port = await listen(server, options.port ?? 0);

  return {
    baseUrl: `http://127.0.0.1:${port}`,
    port,
    messages: store.list,
    phone: store.inbox,
    waitForMessage: store.waitFor,
    calls: calls.store.list,
    waitForCall: calls.store.waitFor,
    setPhone: calls.setPhone,
    setSmsUrl: account.setSmsUrl,
    reply: (from, to, body) => receiveReply({ from, to, body }, { ...parts, webhooks }),
    behave: account.behave,
    setProfile: account.setProfile,
    faults: faultState.faults,
    requests: () => requests.map((request) => ({ ...request })),
    callbacks: delivery.callbacks,
    refusals: () => [...refusals],
    async close() {
      timers.close();
      webhooks.close();
      store.close();
      calls.store.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Does the request, and lets the fault decide what the client hears of it. */
function respond(
  request: ApiRequest,
  fault: TwilioFault | null,
  call: { parts: ApiParts; timers: Timers; response: ServerResponse; record: ReceivedRequest },
): void {
  const { parts, timers, response, record } = call;
  const answer = (given: ApiAnswer, headers: Record<string, string> = {}) => {
    record.status = given.status;
    send(response, given, headers);
  };
  switch (fault?.kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'acceptThenHang':
      answerRequest(request, parts);
      return;
    case 'acceptThenReset':
      answerRequest(request, parts);
      response.socket?.resetAndDestroy();
      return;
    case 'delay':
      timers.after(fault.delayMs, () => answer(answerRequest(request, parts)));
      return;
    case 'status':
      answer(toAnswer(apiErrorOfStatus(fault.status)), retryAfter(fault.retryAfterSeconds));
      return;
    default:
      answer(answerRequest(request, parts));
  }
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

function send(response: ServerResponse, { status, body }: ApiAnswer, headers: Record<string, string>): void {
  response.writeHead(status, {
    'content-type': 'application/json;charset=utf-8',
    'twilio-request-id': `RQ${randomBytes(16).toString('hex')}`,
    ...(status === 401 ? { 'www-authenticate': 'Basic realm="Twilio API"' } : {}),
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** Rejects a body that is larger than any message. */
async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_REQUEST_BYTES) {
      throw new Error('The request is too large.');
    }
  }
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const isForm = incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    form: new URLSearchParams(isForm ? Buffer.concat(chunks).toString('utf8') : ''),
    authorization: incoming.headers.authorization,
  };
}

function toRecord({ method, path, query, form, authorization }: ApiRequest, at: Date): ReceivedRequest {
  const [username = null] = readBasicCredentials(authorization)?.split(':') ?? [];
  return { at, method, path, parameters: Object.fromEntries([...query, ...form]), username, status: null };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

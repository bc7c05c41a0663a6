import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answerControl } from './control.ts';
import type { ActiveFault } from './faults.ts';
import type { Control } from './graph.ts';
import { GraphRefusal, notKnown, toErrorReply } from './graphRefusal.ts';
import { type Reply, readBody, send, type WireRequest } from './http.ts';
import { IdentityRefusal, toIdentityReply } from './identity/identityRefusal.ts';
import type { RequestRecord } from './journal.ts';
import { ROUTES, type Route } from './routes.ts';
import { matchRoute } from './routing.ts';
import { SignInRefusal, slowDownReply, toSignInReply } from './signIn/signInRefusal.ts';
import { tokenOperationOf } from './signIn/token.ts';
import type { State } from './state.ts';

/** The HTTP side of the look-alike. */
export function createGraphServer(state: State, control: Control): Server {
  const server = createServer((incoming, response) => {
    serve(state, control, incoming, response).catch((caught: unknown) => {
      if (!incoming.complete) {
        return; // The client went away in the middle of its request.
      }
      const reason = `the look-alike itself failed: ${caught instanceof Error ? caught.message : typeof caught}`;
      const [path = ''] = (incoming.url ?? '').split('?');
      state.journal.refusals.push({ at: state.now().toISOString(), method: incoming.method ?? '', path, reason });
      response.destroy();
    });
  });
  // A client that was busy for Node's five seconds would send its next request into a connection that is just closing.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

const KEEP_ALIVE_MS = 120_000;

/** The steps of a request, in order. */
async function serve(
  state: State,
  control: Control,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await toRequest(incoming);
  // 1. What drives the look-alike is no part of what it looks like: it is neither recorded nor met by a fault.
  if (request.path.startsWith('/control/')) {
    send(response, request, await answerControl(control, request));
    return;
  }
  // 2. Which operation is it?
  const matched = matchRoute(ROUTES, request.method, request.path);
  const operation = matched === null ? null : operationOf(matched.route, request);
  const record = remember(state, request, operation);
  // 3. Is there a fault for it?
  const text = `${request.path}?${request.rawQuery}\n${request.body}`;
  const fault = operation === null ? null : state.faults.take(operation, text);
  record.faultId = fault?.id ?? null;
  if (fault?.effect.kind === 'hang') {
    record.status = 'hang';
    return;
  }
  if (fault?.effect.kind === 'reset') {
    record.status = 'reset';
    incoming.socket.resetAndDestroy();
    return;
  }
  // 4. The fault's answer, or the operation's, or a refusal.
  const reply = await answer(state, { ...request, params: matched?.params ?? {} }, matched?.route ?? null, fault);
  record.status = reply.status;
  record.errorCode = errorCodeOf(reply);
  send(response, request, reply);
}

async function toRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  return {
    id: randomUUID(),
    method: incoming.method ?? 'GET',
    path,
    rawQuery: query.join('?'),
    headers: incoming.headers,
    body: await readBody(incoming),
    params: {},
  };
}

function operationOf(route: Route, request: WireRequest): string {
  return route.operation === 'signIn.token' ? tokenOperationOf(request.body) : route.operation;
}

function remember(state: State, request: WireRequest, operation: string | null): RequestRecord {
  const record: RequestRecord = {
    at: state.now().toISOString(),
    operation,
    method: request.method,
    path: request.path,
    query: request.rawQuery,
    status: 0,
    errorCode: null,
    faultId: null,
  };
  state.journal.requests.push(record);
  return record;
}

async function answer(
  state: State,
  request: WireRequest,
  route: Route | null,
  fault: ActiveFault | null,
): Promise<Reply> {
  try {
    if (route === null) {
      throw notKnown(`${request.method} ${request.path}`);
    }
    if (fault?.effect.kind === 'delay') {
      await delay(fault.effect.ms, undefined, { ref: false });
    }
    return (fault && faultReply(state, request, route, fault)) ?? (await route.handle(state, request));
  } catch (caught) {
    return toRefusalReply(state, request, caught);
  }
}

function faultReply(state: State, request: WireRequest, route: Route, { effect }: ActiveFault): Reply | null {
  if (effect.kind === 'slowDown') {
    return slowDownReply();
  }
  if (effect.kind === 'aadsts') {
    throw new SignInRefusal(effect.code);
  }
  if (effect.kind !== 'status') {
    return null;
  }
  const headers = effect.retryAfterSeconds === undefined ? {} : { 'retry-after': String(effect.retryAfterSeconds) };
  if (route.operation.startsWith('signIn.')) {
    return { ...toSignInReply(new SignInRefusal(90033), request, state.now(), effect.status), headers };
  }
  if (route.operation === 'identity') {
    return { ...toIdentityReply(new IdentityRefusal(effect.status, effect.message ?? 'The request failed.')), headers };
  }
  const code = effect.code ?? FAULT_CODES[effect.status] ?? 'UnknownError';
  throw new GraphRefusal(effect.status, code, effect.message ?? code, { headers });
}

/** Graph's codes for what is no fault of the request. */
const FAULT_CODES: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'NotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** Throws what is no refusal: then the look-alike itself is broken. */
function toRefusalReply(state: State, request: WireRequest, caught: unknown): Reply {
  if (caught instanceof SignInRefusal) {
    return toSignInReply(caught, request, state.now());
  }
  if (caught instanceof IdentityRefusal) {
    return toIdentityReply(caught);
  }
  if (!(caught instanceof GraphRefusal)) {
    throw caught;
  }
  if (caught.isUnknown) {
    const at = state.now().toISOString();
    state.journal.refusals.push({ at, method: request.method, path: request.path, reason: caught.message });
  }
  return toErrorReply(caught, request, state.now());
}

function errorCodeOf({ json }: Reply): string | null {
  const error = (json as { error?: string | { code: string } } | undefined)?.error;
  return typeof error === 'string' ? error : (error?.code ?? null);
}

import { z } from 'zod';
import {
  account,
  behaviour,
  call,
  chat,
  endedCall,
  fault,
  message,
  notificationFaults,
  pause,
  rawEvent,
  user,
} from './controlSchemas.ts';
import type { Control } from './graph.ts';
import { header, type Reply, type WireRequest } from './http.ts';
import { type Matchable, matchRoute } from './routing.ts';

interface ControlRoute extends Matchable {
  run: (control: Control, id: string, body: unknown) => unknown;
}

function route(method: string, path: string, run: ControlRoute['run']): ControlRoute {
  return { method, pattern: `/control/${path}`, run };
}

const CONTROL_ROUTES: readonly ControlRoute[] = [
  route('POST', 'calls', (control, _id, body) => control.emergency.placeEmergencyCall(read(call, body))),
  route('POST', 'calls/:id/end', (control, eventId, body) =>
    control.emergency.endCall({ ...read(endedCall, body), eventId }),
  ),
  route('POST', 'events', (control, _id, body) => control.emergency.sendEvent(read(rawEvent, body))),
  route('GET', 'behaviour', (control) => control.behaviour()),
  route('PUT', 'behaviour', (control, _id, body) => control.setBehaviour(read(behaviour, body))),
  route('GET', 'users', (control) => control.directory.users()),
  route('POST', 'users', (control, _id, body) => control.directory.addUser(read(user, body))),
  route('POST', 'chats', async (control, _id, body) => ({ chatId: await control.chats.createChat(read(chat, body)) })),
  route('POST', 'chats/:id/messages', async (control, id, body) => ({
    messageId: await control.chats.postMessage(id, read(message, body)),
  })),
  route('GET', 'sign-ins', (control) => control.devices.pendingSignIns()),
  route('POST', 'sign-ins/:id/approve', (control, id, body) =>
    control.devices.approve(id, read(account, body).account),
  ),
  route('POST', 'sign-ins/:id/decline', (control, id) => control.devices.decline(id)),
  route('GET', 'subscriptions', (control) => control.subscriptions()),
  route('DELETE', 'subscriptions/:id', (control, id) => control.removeSubscription(id)),
  route('POST', 'subscriptions/:id/require-reauthorization', (control, id, body) =>
    control.requireReauthorization(id, read(pause, body ?? {})),
  ),
  route('GET', 'faults', (control) => control.faults.list()),
  route('POST', 'faults', (control, _id, body) => ({ id: control.faults.add(read(fault, body)) })),
  route('DELETE', 'faults', (control) => control.faults.clear()),
  route('DELETE', 'faults/:id', (control, id) => control.faults.clear(id)),
  route('PUT', 'notification-faults', (control, _id, body) =>
    control.notifications.setFaults(read(notificationFaults, body)),
  ),
  route('POST', 'notifications/flush', (control) => control.notifications.flush()),
  route('GET', 'notifications/lost', (control) => control.notifications.lost()),
  route('GET', 'notifications/posts', (control) => control.notifications.posts()),
  route('POST', 'signing-key/rotate', (control) => control.rotateSigningKey()),
  route('POST', 'tokens/expire', (control) => control.expireAccessTokens()),
  route('POST', 'tokens/revoke', (control) => control.revokeRefreshTokens()),
  route('GET', 'requests', (control) => control.requests()),
  route('GET', 'refusals', (control) => control.refusals()),
];

/** Answers `/control/…`: JSON in, JSON out, `{"error": "…"}` with what was wrong. */
export async function answerControl(control: Control, request: WireRequest): Promise<Reply> {
  const matched = matchRoute(CONTROL_ROUTES, request.method, request.path);
  if (matched === null) {
    return refuse(404, `No control is called ${request.method} ${request.path}`);
  }
  // A page in the browser can send neither this host name nor this type without asking first.
  const isLocal = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(header(request, 'host') ?? '');
  const isJson = request.method !== 'POST' || (header(request, 'content-type') ?? '').startsWith('application/json');
  if (!isLocal || !isJson) {
    return refuse(403, 'Control takes application/json, at 127.0.0.1 or localhost');
  }
  try {
    const body: unknown = request.body === '' ? undefined : JSON.parse(request.body);
    const result = await matched.route.run(control, matched.params.id ?? '', body);
    return { status: 200, json: result ?? {} };
  } catch (caught) {
    return refuse(400, caught instanceof Error ? caught.message : 'The control failed');
  }
}

/** The body by its schema. What is left out is left out of the result too, not undefined. */
function read<T>(schema: z.ZodType<T>, body: unknown): Defined<T> {
  const result = schema.safeParse(body);
  if (!result.success) {
    throw new Error(z.prettifyError(result.error));
  }
  return result.data as Defined<T>;
}

/** zod gives `name?: T | undefined` where nothing undefined can come out of JSON. */
type Defined<T> = T extends Date
  ? T
  : T extends (infer Item)[]
    ? Defined<Item>[]
    : T extends object
      ? { [Key in keyof T]: Defined<Exclude<T[Key], undefined>> }
      : T;

function refuse(status: number, error: string): Reply {
  return { status, json: { error } };
}

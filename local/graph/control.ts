import { z } from 'zod';
import type { Control } from './graph.ts';
import { header, type Reply, type WireRequest } from './http.ts';
import { type Matchable, matchRoute } from './routing.ts';
import { AADSTS, type AadstsCode } from './signIn/signInRefusal.ts';

interface ControlRoute extends Matchable {
  run: (control: Control, id: string, body: unknown) => unknown;
}

function route(method: string, path: string, run: ControlRoute['run']): ControlRoute {
  return { method, pattern: `/control/${path}`, run };
}

const optionalDate = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional();
const coordinates = z.strictObject({ latitude: z.number(), longitude: z.number() });
const place = z.union([
  z.string(),
  z.strictObject({ name: z.string(), address: z.string().optional(), coordinates: coordinates.optional() }),
]);
const call = z.strictObject({
  caller: z.string(),
  numberDialed: z.string().default('911'),
  place: place.optional(),
  callbackNumber: z.string().optional(),
  language: z.string().optional(),
  layout: z.enum(['lines', 'breaks', 'table']).optional(),
  occurredAt: optionalDate,
  announce: z.boolean().optional(),
  securityDesk: z.array(z.string()).optional(),
  chatId: z.string().optional(),
});
const aadstsCode = z.custom<AadstsCode>((value) => typeof value === 'number' && value in AADSTS, 'Unknown AADSTS code');
const effect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    retryAfterSeconds: z.number().optional(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('aadsts'), code: aadstsCode }),
  z.strictObject({ kind: z.literal('slowDown') }),
  z.strictObject({ kind: z.literal('delay'), ms: z.number().positive() }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('reset') }),
]);
const fault = z.strictObject({
  operation: z.string(),
  times: z.number().optional(),
  containing: z.string().optional(),
  effect,
});
const notificationFaults = z.strictObject({
  lose: z.union([z.number().int(), z.literal('all')]).optional(),
  copies: z.number().int().positive().optional(),
  delayMs: z.number().positive().optional(),
  gather: z.number().int().positive().optional(),
  reverse: z.boolean().optional(),
  oneEvent: z.boolean().optional(),
});
const user = z.strictObject({ id: z.string().optional(), userPrincipalName: z.string(), displayName: z.string() });
const chat = z.strictObject({ members: z.array(z.string()), topic: z.string().optional(), at: optionalDate });
const message = z.strictObject({
  from: z.string().nullable(),
  content: z.string(),
  importance: z.enum(['normal', 'high', 'urgent']).optional(),
  at: optionalDate,
  announce: z.boolean().optional(),
});
const account = z.strictObject({ account: z.string() });
const pause = z.strictObject({ pause: z.boolean().optional() });

const CONTROL_ROUTES: readonly ControlRoute[] = [
  route('POST', 'calls', (control, _id, body) => control.emergency.placeEmergencyCall(read(call, body))),
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

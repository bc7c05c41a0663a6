import type { Account } from '../account.ts';
import type { Timers } from '../timers.ts';
import type { WebhookParameters, Webhooks } from '../webhooks.ts';
import { type AnsweredBy, API_VERSION, type CallStatus, type TwilioCall, toRfc2822 } from './call.ts';
import {
  type Answering,
  type CallBehaviour,
  createListener,
  type Heard,
  LISTENS,
  type Listener,
  listen,
} from './callPhone.ts';
import type { CallStore } from './callStore.ts';
import { readVoiceTwiml } from './voiceTwiml.ts';

export interface CallProgressOptions {
  account: Account;
  store: CallStore;
  webhooks: Webhooks;
  timers: Timers;
  now: () => Date;
  /** Time between two statuses. */
  deliverAfterMs: number;
  remember(refusal: string): void;
}

/** The calls of the account, and the phones at their other ends. */
export interface Calls {
  store: CallStore;
  /** Dials, and walks the call through its statuses. */
  start(call: TwilioCall): void;
  phoneOf(number: string): CallBehaviour;
  setPhone(number: string, behaviour: CallBehaviour): void;
}

const ENDS = { busy: 'busy', noAnswer: 'no-answer', failed: 'failed' } as const;
/** https://www.twilio.com/docs/voice/api/call-resource#sip-response-codes */
const SIP_CODES: Partial<Record<CallStatus, string>> = { busy: '486', 'no-answer': '487', failed: '404' };

export function createCalls(options: CallProgressOptions): Calls {
  const { account, store, webhooks, timers, now, deliverAfterMs, remember } = options;
  const phones = new Map<string, CallBehaviour>();
  const sequence = new Map<string, number>();
  const phoneOf = (number: string) => phones.get(number) ?? LISTENS;

  /** `event` is the name under which a status callback can be asked for. */
  async function tell(call: TwilioCall, event: string, status: string = call.status): Promise<void> {
    const number = sequence.get(call.sid) ?? 0;
    sequence.set(call.sid, number + 1);
    if (call.statusCallback === null || !call.statusCallbackEvents.includes(event)) return;
    await webhooks.post(call.statusCallback, {
      ...parametersOf(call, account.accountSid),
      CallStatus: status,
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(number),
      Timestamp: toRfc2822(now()),
      ...endParametersOf(call),
    });
  }

  async function dial(sid: string): Promise<void> {
    await tell(store.update(sid, { startedAt: now() }), 'initiated', 'initiated');
    const call = store.update(sid, { status: 'ringing' });
    await tell(call, 'ringing');
    const phone = phoneOf(call.to);
    if (phone.takes === 'answered') {
      timers.after(deliverAfterMs, () => inBackground(talk(sid, phone)));
    } else if (phone.takes !== 'refused') {
      timers.after(deliverAfterMs, () => inBackground(end(sid, ENDS[phone.takes], 0)));
    }
  }

  async function talk(sid: string, phone: Answering): Promise<void> {
    const detected = store.get(sid)?.machineDetection ?? null;
    const call = store.update(sid, { status: 'in-progress', answeredBy: answeredBy(phone, detected) });
    await tell(call, 'answered');
    const listener = createListener(phone);
    let heard = listen(listener, call.twiml);
    while ('request' in heard) {
      const next = await ask(sid, listener, heard.request);
      heard = next === null ? { end: 'endOfTwiml' } : listen(listener, next);
    }
    store.update(sid, { heard: listener.heard });
    await end(sid, 'completed', Math.ceil(listener.seconds));
  }

  /** More TwiML; `null` where there is none: Twilio then says that an error has occurred, and hangs up. */
  async function ask(
    sid: string,
    listener: Listener,
    { url, digits }: Extract<Heard, { request: unknown }>['request'],
  ) {
    const call = store.update(sid, { heard: listener.heard });
    const pressed = digits === null ? {} : { Digits: digits, FinishedOnKey: '', msg: 'Gather End' };
    const answer = await webhooks.post(url, { ...parametersOf(call, account.accountSid), ...pressed });
    if (digits !== null) {
      const before = store.get(sid)?.pressed ?? [];
      store.update(sid, { pressed: [...before, { digits, httpStatus: answer.status }] });
    }
    const isXml = /^(text|application)\/xml/.test(answer.contentType);
    const twiml =
      answer.status === 200 && isXml
        ? readVoiceTwiml(answer.body)
        : { problem: `11200: the webhook answered ${answer.status ?? 'nothing'}` };
    if ('verbs' in twiml) return twiml.verbs;
    remember(twiml.problem);
    return null;
  }

  async function end(sid: string, status: CallStatus, durationSeconds: number): Promise<void> {
    const startedAt = store.get(sid)?.startedAt ?? now();
    const endedAt = new Date(startedAt.getTime() + durationSeconds * 1_000);
    await tell(store.update(sid, { status, durationSeconds, endedAt }), 'completed');
  }

  /** A callback that fails is not Twilio's failure. */
  function inBackground(step: Promise<void>): void {
    step.catch((caught: unknown) => remember(`a call broke off: ${String(caught)}`));
  }

  return {
    store,
    start: ({ sid }) => timers.after(deliverAfterMs, () => inBackground(dial(sid))),
    phoneOf,
    setPhone: (number, behaviour) => {
      phones.set(number, behaviour);
    },
  };
}

/** With `DetectMessageEnd` the call waits for the end of a machine's greeting, else only its beginning is known. */
function answeredBy({ by }: Answering, detected: TwilioCall['machineDetection']): AnsweredBy | null {
  if (detected === null) return null;
  if (by !== 'machine') return by;
  return detected === 'DetectMessageEnd' ? 'machine_end_beep' : 'machine_start';
}

/** https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application */
function parametersOf(call: TwilioCall, accountSid: string): WebhookParameters {
  return {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    CallSid: call.sid,
    CallStatus: call.status,
    Called: call.to,
    Caller: call.from,
    Direction: 'outbound-api',
    From: call.from,
    To: call.to,
    ...(call.answeredBy === null ? {} : { AnsweredBy: call.answeredBy }),
  };
}

/** Of a call that has ended: its length in seconds and in begun minutes. */
function endParametersOf({ status, durationSeconds }: TwilioCall): WebhookParameters {
  if (durationSeconds === null) return {};
  return {
    CallDuration: String(durationSeconds),
    Duration: String(Math.ceil(durationSeconds / 60)),
    SipResponseCode: SIP_CODES[status] ?? '200',
  };
}

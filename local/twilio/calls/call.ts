import type { SpokenVerb } from './voiceTwiml.ts';

/** https://www.twilio.com/docs/voice/api/call-resource#call-status-values */
export type CallStatus =
  | 'queued'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled';

/** What the machine detection says: https://www.twilio.com/docs/voice/answering-machine-detection#answeredby */
export type AnsweredBy =
  | 'human'
  | 'machine_start'
  | 'machine_end_beep'
  | 'machine_end_silence'
  | 'machine_end_other'
  | 'fax'
  | 'unknown';

/** A call as Twilio keeps it, and what the phone at its other end made of it. */
export interface TwilioCall {
  sid: string;
  to: string;
  from: string;
  status: CallStatus;
  /** Every status it had, the first one first. */
  statuses: CallStatus[];
  /** `null` without machine detection, or before somebody answered. */
  answeredBy: AnsweredBy | null;
  /** As it was asked for. */
  twiml: readonly SpokenVerb[];
  machineDetection: 'Enable' | 'DetectMessageEnd' | null;
  statusCallback: string | null;
  statusCallbackEvents: readonly string[];
  ringSeconds: number;
  /** What was said into the phone, sentence by sentence; a loop says it again. */
  heard: string[];
  /** What the phone pressed, and the HTTP status of the answer to it. */
  pressed: { digits: string; httpStatus: number | null }[];
  createdAt: Date;
  updatedAt: Date;
  /** `null` until it was dialed. */
  startedAt: Date | null;
  endedAt: Date | null;
  /** From the answer to the end; `null` until it has ended. Time spent speaking is counted, not waited for. */
  durationSeconds: number | null;
}

export const API_VERSION = '2010-04-01';

/** The documented Call resource. */
export function toCallResource(call: TwilioCall, accountSid: string): Record<string, unknown> {
  const uri = `/${API_VERSION}/Accounts/${accountSid}/Calls/${call.sid}`;
  return {
    account_sid: accountSid,
    annotation: null,
    answered_by: call.answeredBy,
    api_version: API_VERSION,
    caller_name: null,
    date_created: toRfc2822(call.createdAt),
    date_updated: toRfc2822(call.updatedAt),
    direction: 'outbound-api',
    duration: call.durationSeconds === null ? null : String(call.durationSeconds),
    end_time: call.endedAt && toRfc2822(call.endedAt),
    forwarded_from: null,
    from: call.from,
    from_formatted: call.from,
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    sid: call.sid,
    start_time: call.startedAt && toRfc2822(call.startedAt),
    status: call.status,
    subresource_uris: { events: `${uri}/Events.json` },
    to: call.to,
    to_formatted: call.to,
    trunk_sid: null,
    uri: `${uri}.json`,
  };
}

/** `Thu, 24 Aug 2023 05:01:45 +0000`, always in GMT. */
export function toRfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

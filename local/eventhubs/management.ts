import rhea, { type Connection, type Message } from 'rhea';
import type { Claims } from './claims.ts';
import type { EventLog } from './eventLog.ts';
import {
  entityNotFound,
  notImplemented,
  partitionNotFound,
  type Refusal,
  type Refusals,
  unauthorized,
} from './refusals.ts';
import type { Answer } from './requests.ts';
import { normalizePath } from './sasToken.ts';

/** The service's "never": 0001-01-01. */
const NEVER_MS = Date.parse('0001-01-01T00:00:00Z');
const STRING_32 = 0xb1;

/** The READ operation of the $management node, for the hub and for one partition. */
export function answerManagement(
  request: Message,
  connection: Connection,
  parts: { log: EventLog; claims: Claims; refusals: Refusals },
): Answer {
  const { log, claims, refusals } = parts;
  const properties = request.application_properties ?? {};
  const refuse = (status: 400 | 401 | 404 | 501, refusal: Refusal): Answer => ({
    status,
    error: refusals.remember(refusal),
  });

  const problem = authorize(properties.security_token, connection, log.hubName, claims);
  if (problem !== null) {
    return refuse(401, unauthorized(problem));
  }
  if (normalizePath(String(properties.name)) !== normalizePath(log.hubName)) {
    return refuse(404, entityNotFound(String(properties.name)));
  }
  if (properties.operation === 'READ' && properties.type === 'com.microsoft:eventhub') {
    return { status: 200, description: 'OK', body: describeHub(log) };
  }
  if (properties.operation === 'READ' && properties.type === 'com.microsoft:partition') {
    const partitionId = String(properties.partition);
    return log.partitionIds.includes(partitionId)
      ? { status: 200, description: 'OK', body: describePartition(log, partitionId) }
      : refuse(400, partitionNotFound(log.partitionIds.length));
  }
  return refuse(501, notImplemented(`the operation ${properties.operation} of ${properties.type}`));
}

/** A request brings its own token, or leans on a claim of its connection; `null` when either is good. */
function authorize(token: unknown, connection: Connection, hubName: string, claims: Claims): string | null {
  const path = `${normalizePath(hubName)}/$management`;
  if (typeof token === 'string') {
    return claims.put(connection, `sb://this/${path}`, token);
  }
  return claims.covers(connection, path) ? null : 'Unauthorized access: the request has no token.';
}

/** Each value has the AMQP type of the real answer: clients of other languages cast to it. */
function describeHub(log: EventLog): Record<string, unknown> {
  const { types } = rhea;
  return {
    name: log.hubName,
    type: 'com.microsoft:eventhub',
    created_at: types.wrap_timestamp(log.createdAt.getTime()),
    partition_count: types.wrap_int(log.partitionIds.length),
    partition_ids: types.wrap_array([...log.partitionIds], STRING_32, undefined),
    georeplication_factor: types.wrap_int(1),
  };
}

function describePartition(log: EventLog, partitionId: string): Record<string, unknown> {
  const { types } = rhea;
  const last = log.events(partitionId).at(-1);
  return {
    name: log.hubName,
    type: 'com.microsoft:partition',
    partition: partitionId,
    begin_sequence_number: types.wrap_long(0),
    last_enqueued_sequence_number: types.wrap_long(last?.sequenceNumber ?? -1),
    last_enqueued_offset: last?.offset ?? '-1',
    last_enqueued_time_utc: types.wrap_timestamp(last?.enqueuedAt.getTime() ?? NEVER_MS),
    is_partition_empty: last === undefined,
  };
}

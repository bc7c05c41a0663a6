import type { EventLog } from './eventLog.ts';
import { entityNotFound, partitionNotFound, type Refusal } from './refusals.ts';
import { normalizePath } from './sasToken.ts';

/** What a link can be attached to. */
export type Node =
  | { kind: 'cbs' }
  | { kind: 'management' }
  /** `partitionId` is `null` where the hub is to choose. */
  | { kind: 'producer'; path: string; partitionId: string | null }
  | { kind: 'consumer'; path: string; partitionId: string; consumerGroup: string };

export function isRefusal(value: Node | Refusal): value is Refusal {
  return 'condition' in value;
}

/**
 * Reads the address of a link. Names of hubs and consumer groups are compared case-insensitively, as the service does.
 * `consumerGroups` holds the known ones in lower case.
 */
export function readAddress(
  address: unknown,
  direction: 'send' | 'receive',
  log: EventLog,
  consumerGroups: ReadonlySet<string>,
): Node | Refusal {
  const path = normalizePath(typeof address === 'string' ? address : '');
  const hub = normalizePath(log.hubName);
  if (path === '$cbs') {
    return { kind: 'cbs' };
  }
  if (path === '$management' || path === `${hub}/$management`) {
    return { kind: 'management' };
  }
  if (path !== hub && !path.startsWith(`${hub}/`)) {
    return entityNotFound(String(address));
  }
  return direction === 'send'
    ? readProducerPath(path, path.slice(hub.length), log)
    : readConsumerPath(path, path.slice(hub.length), log, consumerGroups);
}

function readProducerPath(path: string, rest: string, log: EventLog): Node | Refusal {
  if (rest === '') {
    return { kind: 'producer', path, partitionId: null };
  }
  const [, partitionId] = /^\/partitions\/([^/]+)$/.exec(rest) ?? [];
  if (partitionId === undefined) {
    return entityNotFound(path);
  }
  return log.partitionIds.includes(partitionId)
    ? { kind: 'producer', path, partitionId }
    : partitionNotFound(log.partitionIds.length);
}

function readConsumerPath(
  path: string,
  rest: string,
  log: EventLog,
  consumerGroups: ReadonlySet<string>,
): Node | Refusal {
  const [, consumerGroup, partitionId] = /^\/consumergroups\/([^/]+)\/partitions\/([^/]+)$/.exec(rest) ?? [];
  if (consumerGroup === undefined || partitionId === undefined || !consumerGroups.has(consumerGroup)) {
    return entityNotFound(path);
  }
  return log.partitionIds.includes(partitionId)
    ? { kind: 'consumer', path, partitionId, consumerGroup }
    : partitionNotFound(log.partitionIds.length);
}

import rhea, { type Container, type EventContext, type Receiver, type Sender } from 'rhea';
import { isRefusal, type Node, readAddress } from './addresses.ts';
import { answerPutToken } from './cbs.ts';
import type { Claims } from './claims.ts';
import type { Consumers } from './consumers.ts';
import type { EventContent } from './eventContent.ts';
import type { EventLog } from './eventLog.ts';
import type { FaultState } from './faults.ts';
import { answerManagement } from './management.ts';
import { receiveEvents } from './producers.ts';
import { notImplemented, type Refusal, type Refusals, unauthorized } from './refusals.ts';
import { answerRequest } from './requests.ts';

const IDEMPOTENT_PRODUCER = 'com.microsoft:idempotent-producer';

/** What the links lead to. */
export interface HubParts {
  log: EventLog;
  claims: Claims;
  consumers: Consumers;
  refusals: Refusals;
  faultState: FaultState;
  /** In lower case. */
  consumerGroups: ReadonlySet<string>;
  now: () => Date;
}

/** The AMQP container of the hub: which links may be attached, and where their messages go. */
export function createContainer(parts: HubParts): Container {
  const { log, claims, refusals, consumerGroups } = parts;
  const container = rhea.create_container({ id: 'event-hubs-look-alike' });
  const nodes = new WeakMap<Receiver, Node>();
  offerMechanisms(container);

  container.on('receiver_open', ({ receiver: link }: EventContext) => {
    const node = link && readAddress(link.target?.address, 'send', log, consumerGroups);
    if (node && mayAttach(link, node)) {
      nodes.set(link, node);
    }
  });
  container.on('sender_open', ({ sender: link }: EventContext) => {
    const node = link && readAddress(link.source?.address, 'receive', log, consumerGroups);
    if (node && mayAttach(link, node) && node.kind === 'consumer') {
      parts.consumers.attach(link, node);
    }
  });
  container.on('message', (context: EventContext) => {
    const node = context.receiver && nodes.get(context.receiver);
    if (node?.kind === 'cbs') {
      answerRequest(context, (request) => answerPutToken(request, context.connection, claims, refusals));
    } else if (node?.kind === 'management') {
      answerRequest(context, (request) => answerManagement(request, context.connection, parts));
    } else if (node?.kind === 'producer') {
      receiveEvents(context, {
        refusals,
        takeSendRejection: parts.faultState.takeSendRejection,
        keep: (events, partitionKey) => keep(parts, node.partitionId, events, partitionKey),
      });
    }
  });
  listenForBrokenPeers(container, refusals);

  function mayAttach(link: Sender | Receiver, node: Node | Refusal): node is Node {
    const refusal = isRefusal(node) ? node : problemOf(link, node, claims);
    if (refusal !== null) {
      link.close(refusals.remember(refusal));
    }
    return refusal === null;
  }

  return container;
}

function problemOf(link: Sender | Receiver, node: Node, claims: Claims): Refusal | null {
  if (node.kind === 'cbs' || node.kind === 'management') {
    return null;
  }
  // A client that waits for what this promises would wait for ever; other capabilities it asks for it can do without.
  if ([link.desired_capabilities].flat().some((name) => String(name) === IDEMPOTENT_PRODUCER)) {
    return notImplemented('idempotent producers');
  }
  const right = node.kind === 'producer' ? 'Send' : 'Listen';
  return claims.covers(link.connection, node.path)
    ? null
    : unauthorized(
        `Unauthorized access. '${right}' claim(s) are required to perform this operation. Resource: '${node.path}'.`,
      );
}

/** The events of one send go to one partition. */
function keep(
  { log, consumers, now }: HubParts,
  partitionId: string | null,
  events: EventContent[],
  partitionKey: string | null,
): void {
  const partition = partitionId ?? log.choosePartition(partitionKey);
  const enqueuedAt = now();
  events.forEach((event) => {
    log.append(partition, event, partitionKey, enqueuedAt);
  });
  consumers.deliver();
}

function offerMechanisms(container: Container): void {
  container.sasl_server_mechanisms.enable_anonymous();
  // The .NET client of the Functions host asks for this one. Like ANONYMOUS it carries no credentials: they go to $cbs.
  container.sasl_server_mechanisms.MSSBCBS = () => ({
    outcome: undefined as boolean | undefined,
    username: undefined,
    start() {
      this.outcome = true;
    },
  });
}

function listenForBrokenPeers(container: Container, refusals: Refusals): void {
  // Whoever goes away without a word is found gone when its links are next looked at.
  for (const event of ['disconnected', 'connection_error', 'session_error', 'sender_error', 'receiver_error']) {
    container.on(event, () => undefined);
  }
  for (const event of ['protocol_error', 'error']) {
    container.on(event, (error: unknown) => {
      refusals.remember({ condition: 'amqp:connection:framing-error', description: String(error) });
    });
  }
}

import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Connection, Container } from 'rhea';
import { createClaims } from './claims.ts';
import { createConsumers, type ReceiverInfo } from './consumers.ts';
import { contentOf } from './eventContent.ts';
import { createEventLog, type EventLog } from './eventLog.ts';
import { createFaults, type EventHubsFaults } from './faults.ts';
import { createContainer } from './links.ts';
import { MAX_MESSAGE_BYTES } from './producers.ts';
import { createRefusals, type Refusal } from './refusals.ts';

export interface EventHubsOptions {
  hubName: string;
  partitionCount: number;
  /** A free one without. */
  port?: number;
  /** Gives events their enqueued time. Tokens are judged by the machine's clock, as clients make them by it. */
  now?: () => Date;
  /** Beside `$Default`. */
  consumerGroups?: string[];
}

export interface PublishOptions {
  partitionKey?: string;
  partitionId?: string;
  enqueuedAt?: Date;
}

/** An event in the hub, as a test may see it. */
export interface HubEvent {
  partitionId: string;
  sequenceNumber: number;
  offset: string;
  enqueuedAt: Date;
  partitionKey: string | null;
  /** Empty for an event whose body is an AMQP value or sequence. */
  body: Buffer;
}

export interface EventHubs {
  /** For `@azure/event-hubs`; it names the hub. */
  connectionString: string;
  port: number;
  /** Puts an event in as a producer would, without the network. Rejects for a partition that does not exist. */
  publish(
    body: string | Buffer,
    options?: PublishOptions,
  ): Promise<{ partitionId: string; sequenceNumber: number; offset: string }>;
  /** All events, partition by partition, oldest first. */
  events(): HubEvent[];
  /** Who reads what at this moment. */
  receivers(): ReceiverInfo[];
  /** What was refused because it is wrong or not known here. */
  refusals(): Refusal[];
  faults: EventHubsFaults;
  /** Ends every connection with a word, as a service that is shut down does; resolves when no handle is left. */
  close(): Promise<void>;
}

/** How long a client may take to answer a close, before its connection is broken off. */
const CLOSE_TIMEOUT_MS = 500;

/**
 * Starts one event hub on loopback that speaks AMQP 1.0 without TLS, as the emulator does: clients need
 * `UseDevelopmentEmulator=true`, which the connection string has. The key in it is new each time.
 */
export async function startEventHubs(options: EventHubsOptions): Promise<EventHubs> {
  const now = options.now ?? (() => new Date());
  const sharedKey = { name: 'RootManageSharedAccessKey', key: randomBytes(32).toString('base64') };
  const connections = new Map<Socket, Connection>();
  const log = createEventLog(options.hubName, options.partitionCount, now());
  const refusals = createRefusals();
  const faultState = createFaults({
    dropConnections: () => dropAll(connections),
    deliver: () => consumers.deliver(),
  });
  const consumers = createConsumers({ log, refusals, now, isHanging: faultState.isHanging });
  const container = createContainer({
    log,
    claims: createClaims(sharedKey),
    consumers,
    refusals,
    faultState,
    consumerGroups: new Set(['$default', ...(options.consumerGroups ?? []).map((name) => name.toLowerCase())]),
    now,
  });
  const server = createServer({ noDelay: true }, (socket) => {
    if (faultState.isRefusingConnections()) {
      socket.destroy();
    } else {
      accept(socket, container, connections);
    }
  });
  const port = await listen(server, options.port ?? 0);

  return {
    connectionString:
      `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=${sharedKey.name};SharedAccessKey=${sharedKey.key};` +
      `UseDevelopmentEmulator=true;EntityPath=${options.hubName}`,
    port,
    async publish(body, { partitionKey, partitionId, enqueuedAt } = {}) {
      const key = partitionKey ?? null;
      const content = contentOf(Buffer.from(body));
      const event = log.append(partitionId ?? log.choosePartition(key), content, key, enqueuedAt ?? now());
      consumers.deliver();
      return { partitionId: event.partitionId, sequenceNumber: event.sequenceNumber, offset: event.offset };
    },
    events: () => snapshot(log),
    receivers: consumers.list,
    refusals: refusals.list,
    faults: faultState.faults,
    close: () => closeAll(server, connections),
  };
}

function accept(socket: Socket, container: Container, connections: Map<Socket, Connection>): void {
  const connection = container.create_connection({
    port: 0,
    max_frame_size: 65_536,
    // The service delivers events settled, and says how large a message it takes.
    sender_options: { snd_settle_mode: 1 },
    receiver_options: { autoaccept: false, max_message_size: MAX_MESSAGE_BYTES },
  });
  connections.set(socket, connection);
  socket.on('close', () => connections.delete(socket));
  connection.accept(socket);
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

function dropAll(connections: Map<Socket, Connection>): void {
  connections.forEach((_, socket) => {
    // With an error, since that is what rhea listens for to stop its timers.
    socket.destroy(new Error('The connection was dropped.'));
  });
}

async function closeAll(server: Server, connections: Map<Socket, Connection>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  connections.forEach((connection) => {
    connection.close({ condition: 'amqp:connection:forced', description: 'The event hub is shut down.' });
  });
  const timer = setTimeout(() => dropAll(connections), CLOSE_TIMEOUT_MS);
  await closed;
  clearTimeout(timer);
}

function snapshot(log: EventLog): HubEvent[] {
  return log.partitionIds.flatMap((partitionId) =>
    log.events(partitionId).map(({ content, ...event }) => ({ ...event, body: content.body })),
  );
}

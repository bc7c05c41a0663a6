import { randomBytes } from 'node:crypto';
import { createRandom } from '../../local/faults/random.ts';
import type { Graph } from '../../local/graph/graph.ts';
import { startGraph } from '../../local/graph/server.ts';
import { TENANT } from '../../local/tenant.ts';
import type { Chats, FetchMessageResult } from '../../shared/graph/chats.ts';
import { createLogger } from '../../shared/log.ts';
import { createServices } from '../../shared/pipeline/createServices.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { readSettings } from '../../shared/settings.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Announced } from './events.ts';
import { FIRST_MESSAGE_AT, type MessageKind, writeMessage } from './messages.ts';
import { damageBytes, damageMessage } from './mutations.ts';

export interface SoakMessage extends Announced {
  kind: MessageKind;
  chatId: string;
  messageId: string;
  /** As Graph gives it, as JSON text. */
  text: string;
}

const KINDS: readonly MessageKind[] = ['emergency', 'ordinary', 'damaged', 'emergency', 'ordinary'];
/** More than one round announces. */
const MESSAGES = 600;

/**
 * The pipeline's services over the storage given, with a look-alike of Graph in which messages have been written and
 * announced. `onLine` gets every line of the log.
 */
export async function startScene(storage: string, seed: number, onLine: (line: unknown) => void) {
  const events: string[] = [];
  const { tenantId, clientId, serviceAccount } = TENANT;
  const graph = await startGraph({
    ...{ tenantId, clientId, serviceAccount },
    publish: async (body) => {
      events.push(body);
    },
  });
  try {
    const log = createLogger({ log: onLine, warn: onLine, error: onLine });
    const services = await createServices(readSettings(settingsOf(graph, storage)), log);
    await services.signIn?.startDeviceCode({ onCode: () => undefined });
    await renewSubscriptions(services);
    await giveSubscriptionAName(services);
    const messages = await writeMessages(graph, services, events);
    const clock = { batch: 0 };
    const woken = new Set<string>();
    return {
      graph,
      messages,
      /** The batch that the time and the damage to messages are of. */
      clock,
      /** Ids of the calls that a message was queued for. */
      woken,
      services: {
        ...services,
        store: withoutQueue(services.store, woken),
        now: () => new Date(FIRST_MESSAGE_AT + 3_600_000 + clock.batch * 1_000),
        chats: damaging(services.chats, messages, (n) => createRandom(seed, clock.batch, n)),
      },
    };
  } catch (caught) {
    await graph.close();
    throw caught;
  }
}

export type Scene = Awaited<ReturnType<typeof startScene>>;

function settingsOf(graph: Graph, storage: string): Record<string, string> {
  return {
    TENANT_ID: TENANT.tenantId,
    CLIENT_ID: TENANT.clientId,
    SERVICE_ACCOUNT: TENANT.serviceAccount.userPrincipalName,
    TOKEN_CACHE_KEY: randomBytes(32).toString('base64'),
    GRAPH_BASE_URL: graph.graphBaseUrl,
    AUTHORITY_HOST: graph.authorityHost,
    NOTIFICATION_URL: 'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com',
    AlertStorage: storage,
    ROSTER_FILE: 'local/oneStepRoster.json',
  };
}

const SUBSCRIPTION = {
  subscriptionId: '44445555-eeee-6666-ffff-7777aaaa8888',
  clientState: 'the clientState of the soak',
};

/** Graph's id and our secret are drawn anew in each run; damage to them must be the same for the same seed. */
async function giveSubscriptionAName({ store }: Services): Promise<void> {
  const row = await store.subscriptions.read('chat');
  if (!row) throw new Error('There is no subscription');
  const known = row.value.known.map((one) => ({ ...one, ...SUBSCRIPTION }));
  await store.subscriptions.replace(row, { ...row.value, known });
}

async function writeMessages(graph: Graph, { chats }: Services, events: string[]): Promise<SoakMessage[]> {
  const messages: SoakMessage[] = [];
  for (let n = 0; n < MESSAGES; n += 1) {
    const kind = KINDS[n % KINDS.length] ?? 'emergency';
    const { chatId, messageId } = await writeMessage(graph, kind, n);
    const [notification] = JSON.parse(events.splice(0).at(-1) ?? '{}').value;
    const renamed = { ...notification, ...SUBSCRIPTION, subscriptionExpirationDateTime: '2026-01-08T09:00:00Z' };
    const given = await chats?.fetchMessage(chatId, messageId);
    if (given?.outcome !== 'message') throw new Error('Graph does not give a message that was written');
    messages.push({
      ...{ key: keyOf(chatId, messageId), kind, chatId, messageId },
      notification: JSON.stringify(renamed),
      text: JSON.stringify(given.message),
    });
  }
  return messages;
}

/**
 * Notes what would be queued. Azurite collects what queue messages leave behind one by one, and orders all that is left
 * anew for each: after some ten thousand messages it answers nobody for minutes.
 */
function withoutQueue(store: Store, woken: Set<string>): Store {
  const enqueue: Store['work']['enqueue'] = async (work) => {
    if ('callId' in work) woken.add(work.callId);
  };
  return { ...store, work: { ...store.work, enqueue } };
}

export function keyOf(chatId: string, messageId: string): string {
  return `${chatId}\n${messageId}`;
}

/**
 * Graph's answers: of a message that was written, as it was got over HTTP in the beginning, or damaged; over HTTP for all
 * others, since it is their names that are damaged. None makes the run wait for another attempt.
 */
function damaging(
  chats: Chats | null,
  messages: readonly SoakMessage[],
  randomOf: (message: number) => ReturnType<typeof createRandom>,
): Chats | null {
  if (chats === null) return null;
  const numbers = new Map(messages.map(({ key }, n) => [key, n]));
  return {
    ...chats,
    async fetchMessage(chatId, messageId, limit) {
      const n = numbers.get(keyOf(chatId, messageId));
      const message = n === undefined ? undefined : messages[n];
      if (n !== undefined && message?.kind === 'damaged') return damagedAnswer(randomOf(n), message.text);
      if (message) return { outcome: 'message', message: JSON.parse(message.text) };
      const answer = await chats.fetchMessage(chatId, messageId, limit);
      return answer.outcome === 'retry' ? { ...answer, retryAfterMs: answer.retryAfterMs ?? LATER_MS } : answer;
    },
  };
}

const LATER_MS = 60_000;

/** What the client makes of an answer whose body is no JSON any more, or no object. */
function damagedAnswer(random: ReturnType<typeof createRandom>, text: string): FetchMessageResult {
  const damaged = random.oneIn(4) ? new TextDecoder().decode(damageBytes(random, text)) : damageMessage(random, text);
  try {
    const message: unknown = JSON.parse(damaged);
    if (typeof message === 'object' && message !== null) return { outcome: 'message', message };
  } catch (caught) {
    if (!(caught instanceof SyntaxError)) throw caught;
  }
  return { outcome: 'retry', code: 'unexpectedAnswer', retryAfterMs: LATER_MS };
}

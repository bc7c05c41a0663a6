import type { StorageFaultKind } from '../../local/faults/storageFaults.ts';
import type { FaultEffect } from '../../local/graph/faults.ts';
import type { VaultFaultEffect } from '../../local/keyvault/faults.ts';
import type { TwilioFault } from '../../local/twilio/faults.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Verdict } from './passThrough.ts';
import type { Service } from './process.ts';
import { startVirtualHost, type VirtualHost } from './virtualHost.ts';
import { dials911, TEAM, type World } from './world.ts';

export type Source = 'chat' | 'event';
/** `before`: request k is the first that it meets; `middle`: request k takes effect, and its answer is lost. */
export type Position = 'before' | 'middle' | 'after';

/** One part fails. `begin` returns what ends it. */
export interface Failure {
  name: string;
  /** Whose requests are its stages. */
  service: Service | 'any';
  begin(world: World, host: VirtualHost): End | Promise<End>;
  /** What the client sees of the request in whose middle it begins. */
  middle?: 'cut' | 'lose';
  /** Requests go nowhere: the first one that it meets must not slip through. */
  isShut?: true;
}
type End = () => void | Promise<void>;

export interface Scenario {
  source: Source;
  failure: Failure;
  /** Counted from 1. */
  stage: number;
  position: Position;
  lastsMs: number;
}

export interface Outcome {
  /** From the hub; `null` when it never did. */
  beganAfterMs: number | null;
  /** From the hub to the first message that reached a phone, by the world's clock. */
  toldAfterMs: number | null;
  /** From the end of the failure; negative when told before. */
  toldAfterEndMs: number | null;
  /** For each of the team. */
  messages: number[];
  /** Messages with words that the same person had got before. */
  doubles: number;
  calls: number;
  openWork: number;
  isCheckpointed: boolean;
  deadLetters: string[];
  /** Of each service, in order. */
  requests: { service: Service; what: string }[];
}

const nothing = () => undefined;

export function storage(kind: StorageFaultKind): Failure {
  return {
    name: `storage ${kind}`,
    service: 'storage',
    ...(kind === 'refuse' ? { isShut: true } : {}),
    middle: kind === 'hang' || kind === 'lose' ? 'lose' : 'cut',
    begin: (_, host) => {
      const lifted = host.process().failStorage(kind);
      return async () => (await lifted)();
    },
  };
}

export function graph(name: string, effect: FaultEffect): Failure {
  return {
    name: `Graph ${name}`,
    service: 'graph',
    begin: ({ graph: { faults } }) => {
      const id = faults.add({ operation: 'graph', effect });
      return () => faults.clear(id);
    },
  };
}

/** Graph takes no token any more, and the sign-in service and the identity give none. */
export function signIn(name: string, refresh: FaultEffect, stagesOf: Service): Failure {
  return {
    name: `sign-in ${name}`,
    service: stagesOf,
    begin: ({ graph: { faults } }) => {
      const effect: FaultEffect = { kind: 'status', status: 401 };
      const ids = [
        faults.add({ operation: 'graph', effect }),
        faults.add({ operation: 'signIn', effect: refresh }),
        faults.add({ operation: 'identity', effect: { kind: 'status', status: 503 } }),
      ];
      return () => {
        for (const id of ids) faults.clear(id);
      };
    },
  };
}

export function vault(name: string, effect: VaultFaultEffect): Failure {
  return {
    name: `vault ${name}`,
    service: 'vault',
    begin: (world) => {
      world.vault?.faults.add({ operation: '*', effect });
      return () => world.vault?.faults.clear();
    },
  };
}

export function twilio(name: string, fault: TwilioFault): Failure {
  return {
    name: `Twilio ${name}`,
    service: 'twilio',
    middle: fault.kind === 'hang' || fault.kind === 'acceptThenHang' ? 'lose' : 'cut',
    begin: ({ twilio: { faults } }) => {
      faults.set(fault);
      return () => faults.clear();
    },
  };
}

export const twilioRefuses: Failure = {
  name: 'Twilio refuses',
  service: 'twilio',
  isShut: true,
  begin: (_, host) => {
    const { twilio: proxy } = host.process();
    void proxy.shut();
    return () => proxy.open();
  },
};

export const processLost: Failure = {
  name: 'process lost',
  service: 'any',
  middle: 'lose',
  isShut: true,
  begin: (_, host) => {
    host.kill();
    return nothing;
  },
};

/** After the failure: a run of each timer. */
const REST_MS = 35_000;
/** What is not settled by then never is. */
const MOST_MS = 15 * 60_000;

/** One call while one part fails, until all is settled or never will be. */
export async function liveThrough(
  world: World,
  scenario: Omit<Scenario, 'failure'> & { failure: Failure | null },
): Promise<Outcome> {
  const { source, failure, stage, position, lastsMs } = scenario;
  await renewSubscriptions(world.services);
  world.hub.splice(0);
  const before = { messages: world.twilio.messages().length, letters: await lettersOf(world) };
  const startedAt = world.now().getTime();
  await world.graph.emergency.placeEmergencyCall({ ...dials911, sources: [source] });
  const hubAt = world.now().getTime();

  const requests: Outcome['requests'] = [];
  let host: VirtualHost | null = null;
  let count = 0;
  let state: 'waiting' | 'begun' | 'over' = 'waiting';
  let begunAt: number | null = null;
  let overAt = Number.POSITIVE_INFINITY;
  const begin = () => {
    if (state !== 'waiting' || !host || !failure) return;
    state = 'begun';
    begunAt = world.now().getTime();
    const ended = failure.begin(world, host);
    const end = async () => {
      await (await ended)();
      state = 'over';
      overAt = world.now().getTime();
    };
    host.at(world.now().getTime() + lastsMs, end);
  };
  const judge = (service: Service, what: string): Verdict => {
    // A process looks for a newer roster, and for names of the page, whether there is a call or not: that is no stage of one.
    if (service === 'storage' && /\/(Roster|Page)\b/.test(what)) return { fate: 'pass' };
    requests.push({ service, what });
    if (state !== 'waiting' || !failure || (failure.service !== 'any' && failure.service !== service)) {
      return { fate: 'pass' };
    }
    count += 1;
    if (count !== stage) return { fate: 'pass' };
    if (position === 'after') return { fate: 'pass', done: begin };
    if (position === 'before') {
      begin();
      return { fate: failure.isShut ? 'swallow' : 'pass' };
    }
    const fate = failure.middle ?? 'cut';
    // A port that closes at once would keep the request from taking effect.
    if (service !== 'storage' || failure.isShut) return { fate, done: begin };
    // The request that is judged meets its own fate first, then everything after it the failure.
    queueMicrotask(begin);
    return { fate };
  };
  host = await startVirtualHost(world, world.hub.splice(0), {
    judge,
    isStorageDown: () => state === 'begun' && failure?.service === 'storage',
  });
  const virtual = host;
  try {
    await virtual.run(async () => {
      const now = world.now().getTime();
      if (now > hubAt + MOST_MS) return true;
      if (state === 'begun' || !virtual.isCheckpointed()) return false;
      const restedAt = state === 'over' ? overAt + REST_MS : hubAt + REST_MS;
      return now >= restedAt && (await openWork(world)) === 0;
    });
  } finally {
    await virtual.stop();
  }

  const sent = world.twilio.messages().slice(0, world.twilio.messages().length - before.messages);
  const [first] = sent.map(({ createdAt }) => createdAt.getTime()).sort((a, b) => a - b);
  const bodies = TEAM.map((phone) => sent.filter(({ to }) => to === phone).map(({ body }) => body));
  const calls = await world.services.store.calls.listNewest(10);
  return {
    beganAfterMs: begunAt === null ? null : begunAt - hubAt,
    toldAfterMs: first === undefined ? null : first - hubAt,
    toldAfterEndMs: first === undefined ? null : first - overAt,
    messages: bodies.map((list) => list.length),
    doubles: bodies.reduce((sum, list) => sum + list.length - new Set(list).size, 0),
    calls: calls.filter(({ recordedAt }) => Date.parse(recordedAt) >= startedAt).length,
    openWork: await openWork(world),
    isCheckpointed: virtual.isCheckpointed(),
    deadLetters: (await lettersOf(world)).slice(before.letters.length),
    requests,
  };
}

async function openWork({ services, now }: World): Promise<number> {
  return (await services.store.work.listDue(new Date(now().getTime() + 7 * 86_400_000), 100)).length;
}

async function lettersOf({ services }: World): Promise<string[]> {
  return (await services.store.deadLetters.list(1_000)).map(({ reason }) => reason);
}

import type { StorageFaultKind } from './faults/storageFaults.ts';
import type { FaultEffect } from './graph/faults.ts';
import type { NotificationFaults } from './graph/notifications/outbox.ts';
import type { Stack } from './stack.ts';
import type { TwilioFault } from './twilio/faults.ts';

/** Makes a part well again. */
type Lift = () => void | Promise<void>;
/** Makes a part fail. Throws for a part that is the real one, or is not there. */
type Break = (stack: Stack) => Lift | Promise<Lift>;

const RETRY_AFTER_SECONDS = 5;
const SLOW_MS = 3_000;

/** What can fail in the running stack, and how: the words of `npm run simulate -- fault PART KIND` and of schedules. */
const FAULTS = {
  storage: storageFaults('product'),
  'host-storage': storageFaults('host'),
  twilio: {
    down: twilioFault({ kind: 'status', status: 503, on: 'every' }),
    failing: twilioFault({ kind: 'status', status: 500, on: 'every' }),
    throttled: twilioFault({ kind: 'status', status: 429, retryAfterSeconds: RETRY_AFTER_SECONDS }),
    hanging: twilioFault({ kind: 'hang', on: 'every' }),
    /** The message is sent, and the answer never comes. */
    doubtful: twilioFault({ kind: 'acceptThenHang' }),
    unauthorized: twilioFault({ kind: 'status', status: 401, on: 'every' }),
    async refused(stack) {
      const gate = needed(stack.twilioGate, 'Twilio');
      await gate.shut();
      return () => gate.open();
    },
  },
  graph: {
    down: graphFault('graph', { kind: 'status', status: 503 }),
    throttled: graphFault('graph', { kind: 'status', status: 429, retryAfterSeconds: RETRY_AFTER_SECONDS }),
    hanging: graphFault('graph', { kind: 'hang' }),
    slow: graphFault('graph', { kind: 'delay', ms: SLOW_MS }),
    unauthorized: graphFault('graph', { kind: 'status', status: 401, code: 'InvalidAuthenticationToken' }),
    missing: graphFault('graph', { kind: 'status', status: 404 }),
    /** The connection breaks before anything is done; its port is that of the sign-in service, and stays open. */
    refused: graphFault('graph', { kind: 'reset' }),
  },
  'sign-in': {
    down: graphFault('signIn', { kind: 'status', status: 503 }),
    hanging: graphFault('signIn', { kind: 'hang' }),
    refused: graphFault('signIn', { kind: 'reset' }),
    /** Until it is lifted; a sign-in that is revoked for good is Graph's `revokeRefreshTokens`. */
    revoked(stack) {
      needed(stack.graph, 'Sign-in').expireAccessTokens();
      return graphFault('signIn.token.refresh', { kind: 'aadsts', code: 50173 })(stack);
    },
  },
  /** The endpoint of the managed identity. */
  identity: {
    down: graphFault('identity', { kind: 'status', status: 503 }),
    hanging: graphFault('identity', { kind: 'hang' }),
    refused: graphFault('identity', { kind: 'reset' }),
  },
  notifications: {
    copied: notificationFault({ copies: 3 }),
    delayed: notificationFault({ delayMs: 5_000 }),
    reversed: notificationFault({ gather: 3, reverse: true }),
    gathered: notificationFault({ gather: 5, oneEvent: true }),
    lost: notificationFault({ lose: 'all' }),
  },
  hub: {
    unreachable(stack) {
      const { faults } = needed(stack.hub, 'The Event Hub');
      faults.refuseConnections();
      faults.dropConnections();
      return () => faults.acceptConnections();
    },
    stuck(stack) {
      const { faults } = needed(stack.hub, 'The Event Hub');
      faults.stopDelivering();
      return () => faults.resumeDelivering();
    },
    /** Once, at its beginning. */
    dropped(stack) {
      needed(stack.hub, 'The Event Hub').faults.dropConnections();
      return () => undefined;
    },
  },
  host: hostFaults(0),
  'host-2': hostFaults(1),
} satisfies Record<string, Record<string, Break>>;

export type FaultPart = keyof typeof FAULTS;

/** Each part with the names of what can happen to it. */
export const FAULT_KINDS = Object.fromEntries(
  Object.entries(FAULTS).map(([part, kinds]) => [part, Object.keys(kinds)]),
) as Record<FaultPart, string[]>;

/** Throws, naming what there is, for a part or kind that does not exist. */
export function checkFault(part: string, kind: string): void {
  if (findFault(part, kind)) return;
  const known = Object.entries(FAULT_KINDS).map(([name, kinds]) => `${name}: ${kinds.join(', ')}`);
  throw new Error(`There is no fault "${part} ${kind}". There are ${known.join('; ')}`);
}

function findFault(part: string, kind: string): Break | undefined {
  const kinds: Record<string, Break> = Object.hasOwn(FAULTS, part) ? FAULTS[part as FaultPart] : {};
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

/** What is wrong with a part, and the last change to it that is under way. */
interface PartState {
  lift: Lift | null;
  turn: Promise<void>;
}

const current = new WeakMap<Stack, Map<string, PartState>>();

/**
 * Makes a part fail; resolves when it does, with what makes it well again. A part has one fault at a time: another
 * takes the place of the one before. Throws for what {@link checkFault} does, and for a part that is the real one.
 */
export async function applyFault(stack: Stack, part: string, kind: string): Promise<() => Promise<void>> {
  checkFault(part, kind);
  const make = findFault(part, kind) as Break;
  const state = stateOf(stack, part);
  let mine: Lift | null = null;
  await inTurn(state, async () => {
    await liftCurrent(state);
    mine = await make(stack);
    state.lift = mine;
  });
  return () =>
    inTurn(state, async () => {
      if (state.lift === mine) await liftCurrent(state);
    });
}

/** The same, and well again after the given seconds. */
export async function setFault(stack: Stack, part: string, kind: string, seconds: number): Promise<{ until: string }> {
  const lift = await applyFault(stack, part, kind);
  const timer = setTimeout(() => {
    lift().catch((caught: unknown) => process.emitWarning(`${part} does not get well: ${String(caught)}`));
  }, seconds * 1_000);
  timer.unref();
  return { until: new Date(Date.now() + seconds * 1_000).toISOString() };
}

function stateOf(stack: Stack, part: string): PartState {
  const parts = current.get(stack) ?? new Map<string, PartState>();
  current.set(stack, parts);
  const state = parts.get(part) ?? { lift: null, turn: Promise.resolve() };
  parts.set(part, state);
  return state;
}

function inTurn(state: PartState, step: () => Promise<void>): Promise<void> {
  const turn = state.turn.then(step, step);
  state.turn = turn;
  return turn;
}

async function liftCurrent(state: PartState): Promise<void> {
  const { lift } = state;
  state.lift = null;
  await lift?.();
}

function storageFaults(account: 'host' | 'product') {
  const fault =
    (kind: StorageFaultKind): Break =>
    (stack) =>
      needed(stack.storage[account].proxy, 'Storage').add({ kind, ...(kind === 'slow' ? { ms: SLOW_MS } : {}) });
  return {
    down: fault('busy'),
    refused: fault('refuse'),
    hanging: fault('hang'),
    slow: fault('slow'),
    cut: fault('cut'),
    lost: fault('lose'),
    dropped: fault('drop'),
  };
}

function twilioFault(fault: TwilioFault): Break {
  return (stack) => {
    const { faults } = needed(stack.twilio, 'Twilio');
    faults.set(fault);
    return () => faults.clear();
  };
}

function graphFault(operation: string, effect: FaultEffect): Break {
  return (stack) => {
    const { faults } = needed(stack.graph, operation === 'graph' ? 'Graph' : 'Sign-in');
    const id = faults.add({ operation, effect });
    return () => faults.clear(id);
  };
}

function notificationFault(fault: NotificationFaults): Break {
  return (stack) => {
    const { notifications } = needed(stack.graph, 'Graph');
    notifications.setFaults(fault);
    return async () => {
      // What was gathered goes out as it was to; only then is everything well.
      await notifications.flush();
      notifications.setFaults({});
    };
  };
}

function hostFaults(index: number) {
  const hostOf = ({ hosts }: Stack) => {
    const host = hosts[index];
    if (!host) throw new Error(`There is no host ${index + 1}: the stack runs ${hosts.length}`);
    return host;
  };
  return {
    async killed(stack: Stack) {
      await hostOf(stack).kill();
      return () => stack.restartHost(index);
    },
    paused(stack: Stack) {
      const host = hostOf(stack);
      host.pause();
      return () => host.resume();
    },
  };
}

function needed<T>(look: T | null, name: string): T {
  if (look === null) throw new Error(`${name} is the real one, or has no proxy, and cannot be made to fail`);
  return look;
}

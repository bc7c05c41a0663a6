import type { FaultEffect } from './graph/faults.ts';
import type { Stack } from './stack.ts';
import type { TwilioFault } from './twilio/faults.ts';

/** What can fail in the running stack, and how: `npm run simulate -- fault PART KIND`. */
export const FAULTS = {
  twilio: ['down', 'throttled', 'hanging', 'doubtful', 'unauthorized'],
  graph: ['down', 'throttled', 'hanging', 'forgetful'],
  'sign-in': ['down', 'revoked'],
  hub: ['unreachable', 'stuck'],
  host: ['killed', 'paused'],
} as const;

export type FaultPart = keyof typeof FAULTS;

const TWILIO: Record<(typeof FAULTS.twilio)[number], TwilioFault> = {
  down: { kind: 'status', status: 503, on: 'every' },
  throttled: { kind: 'status', status: 429, retryAfterSeconds: 5 },
  hanging: { kind: 'hang' },
  doubtful: { kind: 'acceptThenHang' },
  unauthorized: { kind: 'status', status: 401, on: 'every' },
};

const GRAPH: Record<Exclude<(typeof FAULTS.graph)[number], 'forgetful'>, FaultEffect> = {
  down: { kind: 'status', status: 503 },
  throttled: { kind: 'status', status: 429, retryAfterSeconds: 5 },
  hanging: { kind: 'hang' },
};

/**
 * Makes a part fail, and well again after the given seconds. Throws, naming what there is, for a part or kind that
 * does not exist, and for a part that is the real one.
 */
export async function setFault(stack: Stack, part: string, kind: string, seconds: number): Promise<{ until: string }> {
  if (!isKnown(part, kind)) {
    const known = Object.entries(FAULTS).map(([name, kinds]) => `${name}: ${kinds.join(', ')}`);
    throw new Error(`There is no fault "${part} ${kind}". There are ${known.join('; ')}`);
  }
  const mend = await breakPart(stack, part, kind);
  const timer = setTimeout(() => void mend(), seconds * 1_000);
  timer.unref();
  return { until: new Date(Date.now() + seconds * 1_000).toISOString() };
}

function isKnown(part: string, kind: string): part is FaultPart {
  return part in FAULTS && (FAULTS[part as FaultPart] as readonly string[]).includes(kind);
}

/** Returns what makes it well again. */
async function breakPart(stack: Stack, part: FaultPart, kind: string): Promise<() => void | Promise<void>> {
  switch (part) {
    case 'twilio': {
      const { faults } = needed(stack.twilio, 'Twilio');
      faults.set(TWILIO[kind as keyof typeof TWILIO]);
      return () => faults.clear();
    }
    case 'graph': {
      const { faults, notifications } = needed(stack.graph, 'Graph');
      if (kind === 'forgetful') {
        notifications.setFaults({ lose: 'all' });
        return () => notifications.setFaults({ lose: 0 });
      }
      const id = faults.add({ operation: 'graph', effect: GRAPH[kind as keyof typeof GRAPH] });
      return () => faults.clear(id);
    }
    case 'sign-in': {
      const graph = needed(stack.graph, 'Sign-in');
      if (kind === 'revoked') {
        graph.revokeRefreshTokens();
        graph.expireAccessTokens();
        return () => undefined;
      }
      const id = graph.faults.add({ operation: 'signIn', effect: { kind: 'status', status: 503 } });
      return () => graph.faults.clear(id);
    }
    case 'hub': {
      const { faults } = needed(stack.hub, 'The Event Hub');
      if (kind === 'unreachable') {
        faults.refuseConnections();
        faults.dropConnections();
      } else {
        faults.stopDelivering();
      }
      return () => faults.clear();
    }
    case 'host': {
      if (kind === 'killed') {
        await stack.host.kill();
        return () => stack.restartHost();
      }
      stack.host.pause();
      return () => stack.host.resume();
    }
  }
}

function needed<T>(look: T | null, name: string): T {
  if (look === null) throw new Error(`${name} is the real one and cannot be made to fail`);
  return look;
}

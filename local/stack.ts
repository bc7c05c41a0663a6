import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { canBeProxied, type StorageProxy, startStorageProxy } from './faults/storageProxy.ts';
import { startFrontDoor } from './frontDoor.ts';
import { startFleet } from './host/fleet.ts';
import { type RunningHost, startHost } from './host/start.ts';
import {
  type StackOptions,
  type Stop,
  startGraphUnlessGiven,
  startHub,
  startStorage,
  startTwilioUnlessGiven,
  startVaultUnlessGiven,
} from './stackParts.ts';

export type { StackOptions } from './stackParts.ts';

/** A storage account of the stack. */
interface StackStorage {
  /** Past every fault. */
  direct: string;
  /** `null` where there is none in front of it. */
  proxy: StorageProxy | null;
}

/**
 * Starts every part that `env` does not name: storage unless `AzureWebJobsStorage` is set, the hub unless
 * `EventHubConnection`, Graph with its sign-in unless `GRAPH_BASE_URL`, Twilio unless `TWILIO_BASE_URL`. Then the hosts
 * with the functions, behind one door. All on loopback and free ports. When a part does not start, those that did are
 * stopped.
 */
export async function startStack(options: StackOptions) {
  const stops: Stop[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    // One object, so that a restarted host is seen by whoever holds the stack.
    return Object.assign(await startParts(options, stops), { stop });
  } catch (caught) {
    await stop();
    throw caught;
  }
}

export type Stack = Awaited<ReturnType<typeof startStack>>;

async function startParts(options: StackOptions, stops: Stop[]) {
  const { env } = options;
  const given = Object.fromEntries(Object.entries(env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));

  let hostUrls: () => readonly string[] = () => [];
  const frontDoor = await startFrontDoor(() => hostUrls());
  stops.push(() => frontDoor.close());
  const hub = await timed(options, 'Event Hub', () => startHub(env, stops));
  const accounts = await timed(options, 'Storage', () => startStorage(options, stops));
  const storage = {
    host: await inFrontOf(accounts.host, options, stops),
    product: await inFrontOf(accounts.product, options, stops),
  };
  const graph = await timed(options, 'Graph', () => startGraphUnlessGiven(env, hub.publish, frontDoor.url, stops));
  const vault = await timed(options, 'Key Vault', () => startVaultUnlessGiven(env, stops));
  const twilio = await timed(options, 'Twilio', () => startTwilioUnlessGiven(options, frontDoor.url, stops));
  const settings: Record<string, string> = {
    ...given,
    AzureWebJobsStorage: storage.host.proxy?.connectionString ?? storage.host.direct,
    AlertStorage: storage.product.proxy?.connectionString ?? storage.product.direct,
    EventHubConnection: hub.connectionString,
    TOKEN_CACHE_KEY: env.TOKEN_CACHE_KEY ?? randomBytes(32).toString('base64'),
    // The host runs in the folder of what is deployed, so a relative path would be sought there.
    ROSTER_FILE: resolve(env.ROSTER_FILE ?? (existsSync('roster.json') ? 'roster.json' : 'roster.example.json')),
    ...graph.settings,
    ...vault.settings,
    ...twilio.settings,
  };
  const fleet = await timed(options, 'Functions host', async () => {
    const started = await startHosts(options, {
      ...settings,
      WEBSITE_HOSTNAME: new URL(frontDoor.url).host,
      // As App Service does where its authentication is on: the front door stands for it.
      WEBSITE_AUTH_ENABLED: 'True',
    });
    return { ...started, detail: started.hosts[0]?.functions.join(', ') ?? 'none' };
  });
  hostUrls = fleet.urls;
  stops.push(() => fleet.stop());
  const looks = { hub: hub.look, graph: graph.look, vault: vault.look, twilio: twilio.look, azurite: accounts.azurite };
  // Nothing that fails may hold up the end: it is the first thing to be done.
  stops.push(() => endFaults({ ...looks, storage }));
  return {
    ...looks,
    settings,
    storage,
    /** One address for the HTTP functions, whichever hosts live. */
    frontDoor: { url: frontDoor.url },
    twilioGate: twilio.gate,
    hosts: fleet.hosts,
    get host(): RunningHost {
      const [first] = fleet.hosts;
      if (!first) throw new Error('There is no host');
      return first;
    },
    /** After a host that was killed: another one, which knows nothing but what is stored. */
    restartHost: (index = 0): Promise<void> => fleet.restart(index),
  };
}

function startHosts({ appDir, hosts = 1, waitForOwnershipExpiry, onLog }: StackOptions, env: Record<string, string>) {
  return startFleet(hosts, (index) =>
    startHost({
      appDir,
      env,
      waitForOwnershipExpiry: waitForOwnershipExpiry ?? false,
      ...(onLog ? { onLog: (line) => onLog(line, index) } : {}),
    }),
  );
}

async function inFrontOf(direct: string, { storageProxies }: StackOptions, stops: Stop[]): Promise<StackStorage> {
  if (!storageProxies || !canBeProxied(direct)) return { direct, proxy: null };
  const proxy = await startStorageProxy(direct);
  stops.push(() => proxy.close());
  return { direct, proxy };
}

async function endFaults({
  storage,
  twilio,
  graph,
  vault,
  hub,
}: Pick<Stack, 'storage' | 'twilio' | 'graph' | 'vault' | 'hub'>) {
  twilio?.faults.clear();
  vault?.faults.clear();
  graph?.faults.clear();
  hub?.faults.clear();
  await Promise.all([storage.host.proxy?.clear(), storage.product.proxy?.clear()]);
}

async function timed<T extends { detail: string }>(
  { onReady }: StackOptions,
  part: string,
  start: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const started = await start().catch((cause: unknown) => {
    throw new Error(`${part} did not start: ${cause instanceof Error ? cause.message : 'unknown'}`, { cause });
  });
  onReady?.(part, started.detail, Math.round(performance.now() - began));
  return started;
}

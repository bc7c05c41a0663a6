import { errorCodeOf } from '../../shared/errors.ts';
import type { CanarySender } from '../../shared/pipeline/canarySender.ts';
import { observeSubscriptions } from '../../shared/pipeline/observeSources.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { type State, worstOf } from '../../shared/watch/finding.ts';
import { signInCommand, type Terminal } from '../signInCommand.ts';
import { statusCommand } from '../statusCommand.ts';
import type { StatusPart, StatusReport } from '../statusReport.ts';
import { type CanaryTrip, sendCanaryAndWait } from './canaryTrip.ts';
import { type TenantTask, tenantTasks } from './tenantWork.ts';
import { type Waiting, waitUntil } from './waitUntil.ts';

export interface AfterOptions {
  /** False where there is nobody to enter a code, or who does not want to now. */
  isSignInWanted: boolean;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
  sleep(ms: number): Promise<unknown>;
  /** Whether the deployed app could read its secrets; `null` where there is no deployment. */
  lookAtAppSecrets: (() => Promise<StatusPart>) | null;
  openCanarySender?: (services: Services) => Promise<CanarySender>;
  /** Between two looks. */
  pauseMs?: number;
}

/** `open`: the service account has yet to sign in; `off`: the settings for it are missing or cannot be read. */
type SignInState = 'done' | 'open' | 'off';

/** What was found once everything was tried. */
export interface AfterResult {
  report: StatusReport;
  signIn: SignInState;
  /** For the tenant's administrator. */
  tasks: TenantTask[];
}

/** The functions look after subscriptions each five minutes, and may have to start first. */
const SUBSCRIPTIONS_LIMIT_MS = 7 * 60_000;
const STORAGE_LIMIT_MS = 12 * 60_000;
const PAUSE_MS = 5_000;
const MINUTE_MS = 60_000;

/**
 * Signs the service account in where it is not, waits for the subscriptions, sends a canary through the hub, and looks at
 * everything that is watched. Says on the way what it waits for. What does not answer is found in the report.
 */
export async function readyAfterDeployment(
  services: Services,
  terminal: Terminal,
  options: AfterOptions,
): Promise<AfterResult> {
  const { settings } = services;
  const hasStorage = await awaitStorage(services, terminal, options);
  const signIn = hasStorage ? await ensureSignedIn(services, terminal, options) : 'off';
  if (hasStorage) await awaitSubscriptions(services, terminal, options, signIn === 'done');
  const canary = hasStorage && settings.eventHub !== null ? await tryCanary(services, terminal, options) : null;
  const status = await readStatus(services);
  const secrets = options.lookAtAppSecrets === null ? [] : [await options.lookAtAppSecrets()];
  const parts = [...secrets, ...status.parts.map((part) => withCanary(part, canary, status.at))];
  const state = worstOf(parts.flatMap((part) => (part.state === 'unknown' ? [] : [part.state as State])));
  return { report: { at: status.at, state, parts }, signIn, tasks: tenantTasks(settings) };
}

/** The rights on the new tables can take some minutes; without them there is nothing to see. */
async function awaitStorage(services: Services, terminal: Terminal, options: AfterOptions): Promise<boolean> {
  let code = '';
  const answer = await waitUntil(
    () =>
      services.store.subscriptions.records().catch((caught: unknown) => {
        code = errorCodeOf(caught);
        return null;
      }),
    waitingFor('the storage to let you in; new rights can take ten minutes', terminal, options),
    { pauseMs: options.pauseMs ?? PAUSE_MS, limitMs: STORAGE_LIMIT_MS },
  );
  if (answer === null) terminal.write(`Storage: it does not let you in (${code}).\n`);
  return answer !== null;
}

async function ensureSignedIn(services: Services, terminal: Terminal, options: AfterOptions): Promise<SignInState> {
  const { signIn, settings } = services;
  if (signIn === null || settings.graph === null) {
    terminal.write('Sign-in: its settings cannot be used from here, see below.\n');
    return 'off';
  }
  const { serviceAccount } = settings.graph;
  const known = await signIn.account().catch(() => null);
  if (known !== null) {
    terminal.write(`Sign-in: ${known.username} is signed in.\n`);
    return 'done';
  }
  if (!options.isSignInWanted) {
    terminal.write(`Sign-in: left out. ${serviceAccount} is not signed in. Later: npm run sign-in\n`);
    return 'open';
  }
  terminal.write(`Sign-in of ${serviceAccount}. Ctrl-C leaves it out; later: npm run sign-in\n\n`);
  const { signal } = options;
  const code = await signInCommand(signIn, serviceAccount, terminal, signal ? { signal } : {});
  terminal.write('\n');
  return code === 0 ? 'done' : 'open';
}

async function awaitSubscriptions(
  services: Services,
  terminal: Terminal,
  options: AfterOptions,
  isSignedIn: boolean,
): Promise<void> {
  const waited = await waitUntil(
    async () => {
      const { sources } = await observeSubscriptions(services).catch(() => ({ sources: null }));
      if (sources === null) return null;
      const wanted = sources.filter(({ source }) => isSignedIn || source.startsWith('event:'));
      return wanted.every(({ grant }) => grant !== null) ? wanted.length : null;
    },
    waitingFor('the subscriptions; the functions look after them each five minutes', terminal, options),
    { pauseMs: options.pauseMs ?? PAUSE_MS, limitMs: SUBSCRIPTIONS_LIMIT_MS },
  );
  const said = waited === null ? 'not all are there yet' : waited === 0 ? 'none to wait for' : `${waited} there`;
  terminal.write(`Subscriptions: ${said}.\n`);
}

/** `null` where the waiting was ended: then nothing is known of it. */
async function tryCanary(services: Services, terminal: Terminal, options: AfterOptions): Promise<CanaryTrip | null> {
  const { signal, openCanarySender, pauseMs } = options;
  const waiting = waitingFor('a canary to come through the Event Hub', terminal, options);
  const trip = signal?.aborted
    ? null
    : await sendCanaryAndWait(services, waiting, {
        ...(openCanarySender ? { open: openCanarySender } : {}),
        ...(pauseMs === undefined ? {} : { pauseMs }),
      });
  if (trip === null || (trip.outcome === 'lost' && signal?.aborted)) {
    terminal.write('Canary: left out.\n');
    return null;
  }
  terminal.write(`Canary: ${trip.outcome === 'arrived' ? throughText(trip) : 'none came through the Event Hub'}.\n`);
  return trip;
}

/** One line when the waiting begins, and one each minute: on a screen, in a log and in azd's own window alike. */
function waitingFor(what: string, { write, now }: Terminal, { sleep, signal }: AfterOptions): Waiting {
  let saidMinutes = -1;
  return {
    now,
    sleep,
    signal,
    onWait(waitedMs) {
      const minutes = Math.floor(waitedMs / MINUTE_MS);
      if (minutes === saidMinutes) return;
      saidMinutes = minutes;
      write(minutes === 0 ? `Waiting for ${what} …\n` : `  still waiting, ${minutes} min …\n`);
    },
  };
}

/** The same that `npm run status` shows. */
async function readStatus(services: Services): Promise<StatusReport> {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  await statusCommand(services, { write, columns: 80, hasColours: false }, { json: true });
  return JSON.parse(text) as StatusReport;
}

/** What was just tried says more than the canaries of before. */
function withCanary(part: StatusPart, trip: CanaryTrip | null, since: string): StatusPart {
  if (part.part !== 'canary' || trip === null) return part;
  if (trip.outcome === 'arrived') return { ...part, state: 'ok', since: null, detail: throughText(trip), findings: [] };
  const finding = {
    id: 'canaryLost',
    severity: 'critical' as const,
    since,
    title: 'Event Hub not read',
    what: 'What is put into the Event Hub does not come out of it: calls that Graph announces are not noticed.',
    todo: 'Look into the log of the function "ingestNotifications" in Application Insights. Run: npm run doctor',
  };
  return { ...part, state: 'critical', since, detail: 'none came through', findings: [finding] };
}

function throughText({ partitions, slowestMs }: Extract<CanaryTrip, { outcome: 'arrived' }>): string {
  const which = partitions === 2 ? 'both partitions' : `all partitions (${partitions})`;
  return `came through ${which} of the Event Hub, ${(slowestMs / 1_000).toFixed(1)} s at most`;
}

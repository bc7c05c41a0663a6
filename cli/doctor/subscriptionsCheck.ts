import type { SignIn } from '../../shared/graph/signIn.ts';
import { hasId, isAlive, type WithId } from '../../shared/graph/subscriptionPlan.ts';
import { createSubscriptions } from '../../shared/graph/subscriptions.ts';
import { observeSubscriptions } from '../../shared/pipeline/observeSources.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import type { SubscriptionRecord } from '../../shared/store/subscriptionStore.ts';
import { durationText, MINUTE_MS } from '../../shared/watch/duration.ts';
import { isNoToken } from './cannotLook.ts';
import { type Check, type CheckResult, type DoctorFinding, NOT_USED, SEE_SETTINGS, SEE_STORAGE } from './check.ts';

/** Of its life; renewals begin at half of it, or at a third of an hour's. */
const MOST_USED_SHARE = 0.6;
/** Our table is written after Graph answers. */
const MOST_DIFFERENCE_MS = MINUTE_MS;
const REQUEST_TIMEOUT_MS = 5_000;
/** Single chats can be many; a look at some of them says enough. */
const MOST_LOOKED_AT = 20;

interface Seen {
  detail: string;
  /** What is to be said of a source without a subscription: told of all of them together. */
  dead: string | null;
  finding: DoctorFinding | null;
}

/** Whether what the settings want to be subscribed to lives at Graph, and until when: by Graph's word beside our table's. */
export const subscriptionsCheck: Check = {
  part: 'subscriptions',
  async look({ services, isApp }): Promise<CheckResult> {
    if (!services) return SEE_SETTINGS;
    const state = await readState(services);
    if (state === null) return SEE_STORAGE;
    if (state.sources.length === 0) return services.settings.eventSource ? SEE_SETTINGS : wantsNothing(services);
    const seen = await Promise.all(
      state.sources.map((source) => {
        const record = state.records.find((one) => one.source === source);
        const token = source.startsWith('event:') ? (isApp ? services.appSignIn : null) : services.signIn;
        return look(services, source, record, token);
      }),
    );
    return {
      detail: seen.map(({ detail }) => detail).join('; '),
      findings: [noneLives(seen), ...seen.map(({ finding }) => finding)],
    };
  },
};

function wantsNothing({ settings }: Services): CheckResult {
  return settings.graph && settings.subscription ? NOT_USED : SEE_SETTINGS;
}

async function readState(services: Services): Promise<{ sources: string[]; records: SubscriptionRecord[] } | null> {
  try {
    const [{ sources, singleChats }, records] = await Promise.all([
      observeSubscriptions(services),
      services.store.subscriptions.records(),
    ]);
    return { sources: [...sources, ...singleChats.slice(0, MOST_LOOKED_AT)].map(({ source }) => source), records };
  } catch (caught) {
    if (isNoToken(caught)) throw caught;
    return null;
  }
}

async function look(
  services: Services,
  source: string,
  record: SubscriptionRecord | undefined,
  token: Pick<SignIn, 'getAccessToken'> | null,
): Promise<Seen> {
  const now = services.now();
  const name = nameOf(source);
  const alive = (record?.known ?? []).filter(hasId).find((one) => isAlive(one, now));
  if (!alive) {
    const why = record?.lastFailure ? ` (the last attempt failed: ${record.lastFailure.code})` : '';
    return { detail: `${name}: none`, dead: `${name} has none by our table${why}`, finding: null };
  }
  const left = `${name}: ${durationText(Date.parse(alive.expiresAt ?? '') - now.getTime())} left`;
  const answer = token && services.settings.tenant ? await find(services, token, alive) : null;
  if (answer?.outcome === 'notFound') {
    const dead = `${name} has one until ${minuteOf(alive.expiresAt)} by our table, and Graph knows it no more`;
    return { detail: `${name}: gone at Graph`, dead, finding: null };
  }
  const isSeen = answer?.outcome === 'found';
  const finding = (isSeen ? differing(source, name, alive, answer.expiresAt) : null) ?? late(source, name, alive, now);
  return { detail: `${left}${isSeen ? ' at Graph' : ' by our table, Graph was not asked'}`, dead: null, finding };
}

/** What keeps Graph from answering, such as a sign-in, is a part of its own. */
function find({ settings }: Services, token: Pick<SignIn, 'getAccessToken'>, { subscriptionId }: WithId) {
  const { graphBaseUrl = '' } = settings.tenant ?? {};
  return createSubscriptions({ graphBaseUrl }, token, REQUEST_TIMEOUT_MS).find(subscriptionId);
}

/** As an administrator calls it. A chat's id says nothing to anybody. */
function nameOf(source: string): string {
  if (source === 'chat') return 'all chats';
  if (source === 'chats') return 'list of chats';
  return source.startsWith('event:') ? `policy ${source.slice('event:'.length)}` : 'a single chat';
}

const WHY = 'Without it Graph does not tell of calls from this source.';

function noneLives(seen: readonly Seen[]): DoctorFinding | null {
  const dead = seen.flatMap((one) => one.dead ?? []);
  if (dead.length === 0) return null;
  return {
    id: 'subscriptions',
    severity: 'critical',
    what: `No subscription lives where one must: ${dead.join('; ')}.`,
    why: WHY,
    todo: 'The function app makes it anew within 5 minutes. If it does not: npm run status, and the guide, "Alarms", for the code.',
  };
}

function late(
  source: string,
  name: string,
  { renewedAt, createdAt, expiresAt }: WithId,
  now: Date,
): DoctorFinding | null {
  const [from, until] = [Date.parse(renewedAt ?? createdAt), Date.parse(expiresAt ?? '')];
  const used = (now.getTime() - from) / Math.max(1, until - from);
  if (used <= MOST_USED_SHARE) return null;
  return {
    id: `subscriptionLate:${source}`,
    severity: 'warning',
    what: `${name}: ${Math.floor(used * 100)} % of its life is used, and it should have been renewed at half.`,
    why: WHY,
    todo: 'Look whether renewSubscriptions runs and what Graph answers it: npm run status.',
  };
}

function differing(source: string, name: string, { expiresAt }: WithId, atGraph: string | null): DoctorFinding | null {
  const differenceMs = atGraph === null ? 0 : Math.abs(Date.parse(atGraph) - Date.parse(expiresAt ?? ''));
  if (differenceMs <= MOST_DIFFERENCE_MS) return null;
  return {
    id: `subscriptionDiffers:${source}`,
    severity: 'warning',
    what: `${name}: it lives until ${minuteOf(atGraph)} at Graph, and until ${minuteOf(expiresAt)} by our table.`,
    why: 'Renewals go by our table: one that ends earlier at Graph is renewed too late.',
    todo: 'Is another deployment at work with the same app and account? Else wait for the next renewal.',
  };
}

function minuteOf(time: string | null): string {
  return time === null ? 'unknown' : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

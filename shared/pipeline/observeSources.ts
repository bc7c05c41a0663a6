import { setTimeout as sleep } from 'node:timers/promises';
import type { SignIn } from '../graph/signIn.ts';
import { SignInError } from '../graph/signInError.ts';
import { isAlive } from '../graph/subscriptionPlan.ts';
import type { SubscriptionRecord } from '../store/subscriptionStore.ts';
import type { CertificateState, SourceState, SubscriptionState, TokenState } from '../watch/observations.ts';
import { lastRefusedDelivery } from './refusedDelivery.ts';
import type { Services } from './services.ts';

/** A passing fault of the sign-in service is none worth a word. */
const SECOND_TRY_AFTER_MS = 2_000;

/** What the settings want to be subscribed to, and how it stands. */
export async function observeSubscriptions({ store, settings, now }: Services): Promise<SubscriptionState> {
  const [list, refusedAt] = await Promise.all([store.subscriptions.records(), lastRefusedDelivery({ store })]);
  const records = new Map(list.map((record) => [record.source, record]));
  const isChatWanted = settings.graph !== null && settings.subscription !== null;
  const coverage = (isChatWanted && records.get('chat')?.coverage) || null;
  const isFallback = coverage !== null && coverage.mode !== 'allChats';
  const events = (settings.tenant && settings.eventSource?.policyNames) || [];
  const wanted = [...chatSources(isChatWanted, isFallback), ...events.map((name) => `event:${name}` as const)];
  return {
    mode: coverage && { name: coverage.mode, since: new Date(coverage.since), readBackOnly: coverage.polled },
    sources: wanted.map((source) => stateOf(source, records.get(source), now())),
    singleChats: isFallback ? singleChats([...records.values()], now()) : [],
    refusedAt,
  };
}

/** While Graph refuses the subscription to all chats, the list of chats is subscribed to. */
function chatSources(isWanted: boolean, isFallback: boolean): ('chat' | 'chats')[] {
  if (!isWanted) return [];
  return [isFallback ? 'chats' : 'chat'];
}

/** A chat that was left, or that Graph's quota has no room for, is only read back, and counted as that. */
function singleChats(records: readonly SubscriptionRecord[], now: Date): SourceState[] {
  return records
    .filter(({ source, known }) => source.startsWith('chat:') && known.some(({ state }) => state !== 'gone'))
    .map((record) => stateOf(record.source, record, now));
}

function stateOf(source: string, record: SubscriptionRecord | undefined, now: Date): SourceState {
  const known = record?.known ?? [];
  const alive = known.find((one) => isAlive(one, now));
  const signs = known.map(({ confirmedAt, createdAt }) => Date.parse(confirmedAt ?? createdAt));
  const { lastFailure = null, lastGap = null } = record ?? {};
  return {
    source,
    grant: alive
      ? { from: new Date(alive.renewedAt ?? alive.createdAt), until: new Date(alive.expiresAt ?? '') }
      : null,
    lastSeenAt: signs.length > 0 ? new Date(Math.max(...signs)) : null,
    failure: lastFailure && {
      action: lastFailure.action,
      code: lastFailure.code,
      since: new Date(lastFailure.since),
    },
    gap: lastGap && { from: new Date(lastGap.from), until: new Date(lastGap.until) },
  };
}

/**
 * Gets a token anew: one from memory would say nothing of a sign-in that was revoked since. Throws when the storage of
 * the sign-in cannot be read, which says nothing of the sign-in.
 */
export async function observeToken(
  source: Pick<SignIn, 'getAccessToken'> | null,
  readRefreshedAt: () => Promise<string | null>,
): Promise<TokenState> {
  if (source === null) return { isWanted: false, failure: null, refreshedAt: null };
  const failure = await tokenFailure(source);
  const refreshedAt = await readRefreshedAt();
  return { isWanted: true, failure, refreshedAt: refreshedAt === null ? null : new Date(refreshedAt) };
}

async function tokenFailure(source: Pick<SignIn, 'getAccessToken'>): Promise<TokenState['failure']> {
  const first = await attempt(source);
  if (!first?.isTemporary) return first;
  await sleep(SECOND_TRY_AFTER_MS);
  return attempt(source);
}

async function attempt(source: Pick<SignIn, 'getAccessToken'>): Promise<TokenState['failure']> {
  try {
    await source.getAccessToken({ forceRefresh: true });
    return null;
  } catch (caught) {
    if (!(caught instanceof SignInError) || caught.code === 'storage') throw caught;
    return { code: caught.code, isTemporary: caught.kind === 'temporary', advice: caught.message };
  }
}

/** What of the vault ends, and whether the certificates that Graph encrypts for are among those that we have. */
export async function observeCertificates({ certificates, settings, store, now }: Services): Promise<CertificateState> {
  if (certificates === null) return { isWanted: false, expiring: [], isInUseEnabled: null };
  const [secrets, all, records] = await Promise.all([
    certificates.expiries(),
    certificates.all({ refresh: true }),
    store.subscriptions.records(),
  ]);
  const inUse = records.flatMap(({ known }) =>
    known.flatMap((one) => (isAlive(one, now()) && one.encryptionCertificateId ? [one.encryptionCertificateId] : [])),
  );
  const ours = settings.encryptionCertificate?.name;
  return {
    isWanted: true,
    expiring: [
      ...secrets.map(({ name, expiresAt }) => ({
        name: `${name === ours ? 'certificate' : 'secret'} ${name}`,
        expiresAt,
      })),
      ...all
        .filter(({ certificateId }) => inUse.includes(certificateId))
        .map(({ expiresAt }) => ({ name: 'certificate in use', expiresAt })),
    ],
    isInUseEnabled:
      inUse.length === 0 ? null : inUse.every((id) => all.some(({ certificateId }) => certificateId === id)),
  };
}

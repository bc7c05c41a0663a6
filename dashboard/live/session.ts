import { computed, signal } from '@preact/signals';
import type { Live, Me, Right } from '../../shared/dashboard/contract.ts';
import { type Attention, attentionTo, isStale } from '../rules/attention.ts';
import { ApiError, type FailureKind, readApi } from './apiFetch.ts';
import { type Poll, startPoll } from './poll.ts';
import { currentMs, now } from './tick.ts';

/** How often the calls are asked for, in seconds: a call is on the page within 3 s of its record. */
const LIVE_EVERY_SECONDS = 2;

const RETRY_MS = 5_000;

/** Who is here; `null` until the API said so. */
export const me = signal<Me | null>(null);
export const meFailure = signal<ApiError | null>(null);
const live = signal<Poll<Live> | null>(null);
const startedAt = currentMs();

/** Asks who is here, and begins to follow the calls. */
export async function startSession(): Promise<void> {
  try {
    const { value } = await readApi<Me>('me');
    me.value = value;
    meFailure.value = null;
    if (value?.rights.includes('seeCalls')) live.value ??= startPoll<Live>('live', LIVE_EVERY_SECONDS);
  } catch (caught) {
    const failure = caught instanceof ApiError ? caught : new ApiError('failed', null);
    meFailure.value = failure;
    // A screen that was switched on before its network was there comes up by itself.
    if (failure.kind === 'unreachable' || failure.kind === 'failed') setTimeout(() => void startSession(), RETRY_MS);
  }
}

/** Whether the page offers something; the API decides anyway. */
export function may(right: Right): boolean {
  return me.value?.rights.includes(right) ?? false;
}

export const liveCalls = computed<Live | null>(() => live.value?.value.value ?? null);
export const liveFailure = computed<FailureKind | null>(() => live.value?.failure.value ?? null);
export const liveAnsweredAt = computed<number | null>(() => live.value?.answeredAt.value ?? null);
export const attention = computed<Attention>(() => attentionTo(liveCalls.value?.active ?? []));
/** The calls have been silent for too long, or the session has ended. */
export const isNotLive = computed(
  () =>
    live.value !== null && (liveFailure.value === 'signedOut' || isStale(startedAt, liveAnsweredAt.value, now.value)),
);

export function refreshLive(): void {
  void live.value?.refresh();
}

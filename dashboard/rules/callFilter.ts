import type { CallSummary } from '../../shared/dashboard/contract.ts';

/** What one looks for among the calls; an empty text means: all. */
export interface CallFilter {
  q: string;
  site: string;
  state: CallSummary['state'] | '';
  test: 'true' | 'false' | '';
  /** Days as `2026-11-21`, both included, by the clock of whoever reads. */
  from: string;
  until: string;
}

export const NO_FILTER: CallFilter = { q: '', site: '', state: '', test: '', from: '', until: '' };

export function isFiltering(filter: CallFilter): boolean {
  return Object.values(filter).some((value) => value.trim() !== '');
}

/** The question for the API; days become instants: from midnight of the first to midnight after the last. */
export function toQuery({ from, until, ...others }: CallFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(others)) if (value.trim() !== '') query.set(name, value.trim());
  const fromAt = startOfDay(from, 0);
  const untilAt = startOfDay(until, 1);
  if (fromAt) query.set('from', fromAt);
  if (untilAt) query.set('until', untilAt);
  return query;
}

function startOfDay(day: string, daysLater: number): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) return null;
  return new Date(Number(year), Number(month) - 1, Number(date) + daysLater).toISOString();
}

/** Calls by day, in the order in which they come. */
export function byDay<T extends { at: string }>(calls: readonly T[], dayOf: (iso: string) => string): [string, T[]][] {
  const days = new Map<string, T[]>();
  for (const call of calls) {
    const day = dayOf(call.at);
    days.set(day, [...(days.get(day) ?? []), call]);
  }
  return [...days];
}

/** Pages of calls as one list: a call that is in two of them stands once, as the first says. */
export function withoutDoubles<T extends { id: string }>(calls: readonly T[]): T[] {
  const seen = new Set<string>();
  return calls.filter(({ id }) => !seen.has(id) && seen.add(id));
}

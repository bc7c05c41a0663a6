import { errorCodeOf } from '../errors.ts';
import type { SourceReport } from './renewalReport.ts';

/** What was looked after in one go. What the storage fails at for one source never keeps another from its turn. */
export interface RenewalRound {
  readonly reports: readonly SourceReport[];
  add(report: SourceReport): void;
  /** `null` when there was nothing to be done, or the storage failed. */
  attempt(step: () => Promise<SourceReport | null>): Promise<SourceReport | null>;
  /** The same for many, all at once. */
  attemptAll<T>(items: readonly T[], step: (item: T) => Promise<SourceReport | null>): Promise<(SourceReport | null)[]>;
  /** Throws for all that the storage failed at. */
  end(): void;
}

export function startRound(): RenewalRound {
  const reports: SourceReport[] = [];
  const errors: unknown[] = [];

  async function attempt(step: () => Promise<SourceReport | null>): Promise<SourceReport | null> {
    try {
      const report = await step();
      if (report) reports.push(report);
      return report;
    } catch (caught) {
      errors.push(caught);
      return null;
    }
  }

  return {
    reports,
    add: (report) => reports.push(report),
    attempt,
    attemptAll: (items, step) => Promise.all(items.map((item) => attempt(() => step(item)))),
    end() {
      if (errors.length === 0) return;
      const codes = [...new Set(errors.map(errorCodeOf))].join(', ');
      throw new AggregateError(errors, `Subscriptions could not be looked after (${codes})`);
    },
  };
}

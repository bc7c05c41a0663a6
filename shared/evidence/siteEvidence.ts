import { locate, type Site } from '../oncall/roster.ts';
import { lastAnswered, neverTested, type SiteTest, type TestAnswer, verdictOf } from '../oncall/siteTest.ts';
import type { TimelineEntry } from '../store/timelineStore.ts';
import type { CallEvidence, NameOf } from './callEvidence.ts';

/** The sites of the roster, and what is on record about their tests. */
export interface SiteRecords {
  sites: readonly Site[];
  tests: readonly SiteTest[];
}

/** What somebody said about the address that a test read back. */
export interface ReadBack {
  addressReadBack: 'right' | 'wrong' | 'not answered' | 'not recorded';
  addressAnsweredById: string | null;
  addressAnsweredByName: string | null;
  addressAnsweredAt: string | null;
  /** What they wrote beside it, each person's own. */
  addressSaid: string | null;
}

type Said = Pick<TestAnswer, 'by' | 'at' | 'answer' | 'said'>;

/** Which site a call came from: as it was recorded, else by the roster of today. */
export function siteOf({ call }: CallEvidence, sites: readonly Site[]): Site | null {
  const id = call.site ?? locate({ sites: [...sites] }, call.facts.location).site;
  return sites.find((site) => site.id === id) ?? null;
}

/** By the timeline of the call. */
export function readBackOf(timeline: readonly TimelineEntry[], nameOf: NameOf): ReadBack {
  const answers = timeline.flatMap(({ kind, at, detail }): Said[] => {
    const { by, answer, said } = detail;
    if (kind !== 'test.answered' || typeof by !== 'string' || (answer !== 'right' && answer !== 'wrong')) return [];
    return [{ by, at, answer, said: typeof said === 'string' ? said : null }];
  });
  const isAsked = timeline.some(({ kind }) => kind === 'test.asked');
  return readBack(answers, isAsked, nameOf);
}

/** Of the last answered test of a site that no call belongs to, as Direct Routing has it; `null` where there is none. */
export function readBackWithoutCall({ sites: _, tests }: SiteRecords, siteId: string, nameOf: NameOf): ReadBack | null {
  const round = lastAnswered(tests.find((one) => one.siteId === siteId) ?? neverTested(siteId));
  return round && round.calls.length === 0 ? readBack(round.answers, true, nameOf) : null;
}

function readBack(answers: readonly Said[], isAsked: boolean, nameOf: NameOf): ReadBack {
  const verdict = verdictOf(answers);
  const decisive = answers.findLast(({ answer }) => answer === verdict);
  if (verdict === null || !decisive) {
    return {
      addressReadBack: isAsked ? 'not answered' : 'not recorded',
      ...{ addressAnsweredById: null, addressAnsweredByName: null, addressAnsweredAt: null, addressSaid: null },
    };
  }
  return {
    addressReadBack: verdict,
    addressAnsweredById: decisive.by,
    addressAnsweredByName: nameOf(decisive.by),
    addressAnsweredAt: decisive.at,
    addressSaid: answers.flatMap(({ said }) => said ?? []).join('; ') || null,
  };
}

import type { CallContent, CallFacts } from '../emergency/emergencyCall.ts';
import type { TemplateTexts } from '../oncall/alertTemplates.ts';
import type { Whereabouts } from '../oncall/sites.ts';

/** What an alert has to say. */
export interface AlertWords {
  kind: 'call' | 'detailsPending' | 'detailsUnavailable' | 'update' | 'notEmergency';
  callCode: string;
  isTest: boolean;
  /** A call from off site is marked. */
  whereabouts?: Whereabouts;
  /** Id. */
  site?: string | null;
  occurredAt: Date | null;
  facts: CallFacts;
  /** Where the location is withheld from who reads this, and not in `facts`: the names of those who know it. */
  knownTo?: readonly string[] | null;
  /** Another place, which the other source told. */
  alsoAt?: string | null;
  /** For an update: the facts that became known or changed, which are marked with "now". Without it, all are said. */
  changed?: (keyof CallFacts)[];
  content: CallContent;
}

export interface AlertStyle {
  /** `minimal` names nobody and no place: what is personal stays on the page. */
  detail: 'full' | 'minimal';
  /** IANA name of the zone whose clock the team reads. */
  timeZone: string;
  /** BCP 47, of who reads it; English where there is no translation, or none is named. */
  language?: string;
  /** The team's own wording of the alert of a call, in that language. */
  templates?: TemplateTexts;
  /** How to answer, behind everything else: the longest first, for as much room as there is; see `replyHints`. */
  hints?: readonly string[];
}

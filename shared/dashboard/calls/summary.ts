import type { EmergencyCall } from '../../emergency/emergencyCall.ts';
import { beginningOf } from '../../evidence/callEvidence.ts';
import { siteNameOf } from '../../oncall/sites.ts';
import type { Services } from '../../pipeline/services.ts';
import type { PersonOfPage } from '../contract/values.ts';
import type { CallSummary } from '../contract.ts';
import type { Visitor } from '../visitor.ts';
import { withheldFrom } from './visible.ts';

/** A call in a list, as somebody may see it. */
export function toSummary(services: Services, visitor: Visitor, call: EmergencyCall): CallSummary {
  const { facts, response } = call;
  const locationWithheld = withheldFrom(services, visitor, call);
  const { site, whereabouts } = call;
  const { at, clock } = beginningOf(call);
  return {
    id: call.id,
    code: call.code,
    isTest: call.isTest,
    state: response.state,
    content: call.content,
    confidence: call.confidence,
    caller: { name: facts.callerDisplayName, upn: facts.callerUpn },
    numberDialed: facts.emergencyNumberDialed,
    callbackNumber: facts.callbackNumber,
    location: locationWithheld === null ? facts.location : null,
    locationWithheld,
    coordinates: locationWithheld === null ? facts.coordinates : null,
    site: site === null ? null : siteOf(services, site),
    whereabouts,
    at: toTime(at),
    clock,
    recordedAt: call.recordedAt,
    endedAt: call.endedAt === null ? null : toTime(call.endedAt),
    isLate: call.late,
    firstToldAt: call.firstToldAt,
    firstAcknowledgedAt: response.firstAcknowledgedAt,
    holder: response.holder === null ? null : personOf(services, response.holder),
    since: response.since,
    resolvedAs: response.resolvedAs,
  };
}

/** Somebody of the record, by the name that others know. */
export function personOf({ nameOf }: Pick<Services, 'nameOf'>, id: string): PersonOfPage {
  return { id, name: nameOf(id) };
}

/** A site that has left the roster is known by its id. */
export function siteOf({ roster }: Pick<Services, 'roster'>, id: string): { id: string; name: string } {
  return { id, name: siteNameOf(roster()?.roster.sites ?? [], id) };
}

/** Graph writes seven digits of a second, or none. */
export function toTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? new Date(0).toISOString() : time.toISOString();
}

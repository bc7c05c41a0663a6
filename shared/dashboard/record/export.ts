import type { CallEvidence } from '../../evidence/callEvidence.ts';
import type { DayRange } from '../../evidence/dayRange.ts';
import { callsAsCsv, NOTHING } from '../../evidence/exportText.ts';
import { readRoster } from '../../evidence/names.ts';
import { type Found, readEvidence } from '../../evidence/readEvidence.ts';
import type { Services } from '../../pipeline/services.ts';
import { withheldFrom } from '../calls/visible.ts';
import type { Visitor } from '../visitor.ts';

const WITHHELD = 'withheld';

/** The record of the calls of some days, as `npm run evidence` writes it; without the places that are withheld from who asks. */
export async function exportCsv(services: Services, visitor: Visitor, range: DayRange): Promise<string> {
  const { store, settings } = services;
  const { nameOf } = await readRoster(store, settings.rosterFile);
  const found = seenBy(services, visitor, readEvidence(store, range));
  const parts: string[] = [];
  for await (const part of callsAsCsv(found, nameOf, { ...NOTHING })) parts.push(part);
  return parts.join('');
}

async function* seenBy(services: Services, visitor: Visitor, all: AsyncIterable<Found>): AsyncGenerator<Found> {
  for await (const found of all) {
    const isWithheld = 'evidence' in found && withheldFrom(services, visitor, found.evidence.call) !== null;
    yield isWithheld ? { evidence: withoutPlace(found.evidence) } : found;
  }
}

function withoutPlace({ call, deliveries, timeline }: CallEvidence): CallEvidence {
  const facts = { ...call.facts, location: WITHHELD, coordinates: null };
  return {
    call: { ...call, facts, alsoAt: call.alsoAt === null ? null : WITHHELD },
    deliveries: deliveries.map((delivery) => ({ ...delivery, bodies: delivery.bodies.map(() => WITHHELD) })),
    timeline,
  };
}

import type { CallEvidence } from '../../evidence/callEvidence.ts';
import type { DayRange } from '../../evidence/dayRange.ts';
import { callsAsCsv, NOTHING } from '../../evidence/exportText.ts';
import { readRoster } from '../../evidence/names.ts';
import { type Found, readEvidence } from '../../evidence/readEvidence.ts';
import type { Delivery } from '../../oncall/delivery.ts';
import type { Services } from '../../pipeline/services.ts';
import { othersIn } from '../calls/told.ts';
import { hiddenOf, withheldFrom } from '../calls/visible.ts';
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
    if (!('evidence' in found)) {
      yield found;
      continue;
    }
    const { evidence } = found;
    const isWithheld = withheldFrom(services, visitor, evidence.call) !== null;
    yield { evidence: isWithheld ? withoutPlace(evidence) : await withoutOthers(services, visitor, evidence) };
  }
}

/** A message that lists several calls may tell the place of another one. */
async function withoutOthers(services: Services, visitor: Visitor, evidence: CallEvidence): Promise<CallEvidence> {
  const hidden = await hiddenOf(services, visitor, othersIn(evidence.deliveries));
  const deliveries = evidence.deliveries.map((delivery) =>
    othersIn([delivery]).some((id) => hidden.has(id)) ? withoutWords(delivery) : delivery,
  );
  return { ...evidence, deliveries };
}

function withoutPlace({ call, deliveries, timeline }: CallEvidence): CallEvidence {
  const facts = { ...call.facts, location: WITHHELD, coordinates: null };
  return {
    call: { ...call, facts, alsoAt: call.alsoAt === null ? null : WITHHELD },
    deliveries: deliveries.map(withoutWords),
    timeline,
  };
}

function withoutWords(delivery: Delivery): Delivery {
  return { ...delivery, bodies: delivery.bodies.map(() => WITHHELD) };
}

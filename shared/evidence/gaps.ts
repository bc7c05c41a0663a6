import { answersOf, beginningOf, type CallEvidence } from './callEvidence.ts';
import { peopleTold } from './deliveryRow.ts';

/** What the sources or the record leave open about a call, in words; a reader must not take an empty cell for a no. */
export function gapsOf(evidence: CallEvidence): string[] {
  return [...sourceGaps(evidence), ...recordGaps(evidence)];
}

const WITHOUT_CONTENT = {
  read: [],
  pending: ['the message could not be read yet'],
  unavailable: ['the message could not be read'],
  notEmergency: ['people were told before the message was read, and it was no emergency'],
} as const;

function sourceGaps({ call, timeline }: CallEvidence): string[] {
  const ways = timeline.filter(({ kind }) => kind === 'notificationReceived').map(({ detail }) => detail.via);
  const isOnlyReadBack = ways.length > 0 && ways.every((via) => via === 'reconcile');
  const begun = beginningOf(call);
  return [
    ...WITHOUT_CONTENT[call.content],
    ...(call.occurredAt === null ? [`no time of the source: counted from the time of ${begun.clock}`] : []),
    ...(isOnlyReadBack ? ['Graph did not announce it: found by reading chats back'] : []),
    ...(call.firstToldAt !== null && call.firstToldAt < begun.at ? ['the clocks disagree: told before it began'] : []),
  ];
}

function recordGaps({ call, deliveries, timeline }: CallEvidence): string[] {
  const { firstAcknowledgedAt } = call.response;
  const isTold = peopleTold({ deliveries, timeline }).size > 0;
  const isSaidWho = answersOf(timeline).some(({ at }) => at === firstAcknowledgedAt);
  return [
    ...(timeline.length === 0 ? ['no timeline'] : []),
    ...(deliveries.length === 0 ? ['no delivery'] : isTold ? [] : ['nobody was told']),
    ...(call.firstToldAt === null && isTold ? ['the time of the first telling is not on the record'] : []),
    ...(call.isAddressOpen ? ['nobody who may know a home address could be told it: all who were told were'] : []),
    ...(firstAcknowledgedAt !== null && !isSaidWho ? ['who acknowledged is not on the timeline'] : []),
  ];
}

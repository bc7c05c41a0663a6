import { callCodeOf, callIdOf, type EmergencyCall, NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import { NOBODY_ANSWERED } from '../../shared/oncall/response.ts';
import { NOT_LOCATED } from '../../shared/oncall/sites.ts';
import type { Services } from '../../shared/pipeline/services.ts';

/** A call as it is stored, of the given time; what a test names differs. */
export function callAt(at: Date, changes: Partial<EmergencyCall> = {}): EmergencyCall {
  const messageId = String(at.getTime());
  const id = callIdOf('19:chat@unq.gbl.spaces', messageId, at);
  const time = at.toISOString();
  return {
    id,
    code: callCodeOf(id),
    source: 'chat',
    chat: { chatId: '19:chat@unq.gbl.spaces', messageId },
    event: null,
    isTest: false,
    content: 'read',
    facts: { ...NO_FACTS, emergencyNumberDialed: '911', callbackNumber: '+14255550123', location: 'Lobby' },
    alsoAt: null,
    factsVersion: 1,
    changedFacts: [],
    recipients: [],
    escalation: null,
    response: NOBODY_ANSWERED,
    contentModifiedAt: null,
    confidence: 'certain',
    reasons: [],
    occurredAt: time,
    endedAt: null,
    hubEnqueuedAt: time,
    receivedAt: time,
    recordedAt: time,
    firstToldAt: null,
    late: false,
    locatedAt: time,
    isAddressOpen: false,
    ...NOT_LOCATED,
    ...changes,
  };
}

/** Writes calls by the hundred, as no request of the product does: a test of a full table must not take minutes. */
export async function fillTable({ store }: Services, calls: readonly EmergencyCall[]): Promise<void> {
  const table = store.clients.table('EmergencyCalls');
  const partitions = new Set(calls.map(({ id }) => id.slice(0, 4)));
  for (const partition of partitions) {
    const rows = calls.filter(({ id }) => id.startsWith(partition));
    const batches = Array.from({ length: Math.ceil(rows.length / 100) }, (_, i) => rows.slice(i * 100, i * 100 + 100));
    for (const batch of batches) {
      await table.submitTransaction(
        batch.map((call) => [
          'create',
          {
            partitionKey: call.id.slice(0, 4),
            rowKey: call.id,
            schemaVersion: 4,
            isTest: call.isTest,
            recordedAt: call.recordedAt,
            json: JSON.stringify(call),
          },
        ]),
      );
    }
  }
}

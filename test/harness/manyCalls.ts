import { callWithoutContent } from '../../shared/emergency/callLife.ts';
import { callIdOf, type EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import { recordCall } from '../../shared/pipeline/recordCall.ts';
import { type Services, UNREAD } from '../../shared/pipeline/services.ts';

/** Records a call as ingest does once it is read, past Graph: for tests that need many. `n` tells calls apart. */
export async function recordManyCall(services: Services, n: number, { isTest = false } = {}): Promise<EmergencyCall> {
  const now = services.now();
  const at = now.toISOString();
  const origin = { chatId: '19:many@thread.v2', messageId: `${n}`, hubEnqueuedAt: at, receivedAt: at };
  const id = callIdOf(origin.chatId, origin.messageId, now);
  const call: EmergencyCall = {
    ...callWithoutContent(origin, id, 'read', services.routing({ ...UNREAD, isTest }), now),
    ...{ isTest, occurredAt: at },
  };
  call.facts = {
    ...call.facts,
    ...{
      emergencyNumberDialed: isTest ? '933' : '911',
      callbackNumber: '+14255550123',
      location: `Room ${10_000 + n}`,
    },
  };
  await recordCall(services, call);
  return call;
}

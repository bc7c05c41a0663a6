/**
 * What {@link loadKillable} builds: the way of a call from the hub to the recorded answer, what somebody answers, and reminders
 * of tests.
 */
export { answerCall } from '../../shared/pipeline/answerCall.ts';
export { createServices } from '../../shared/pipeline/createServices.ts';
export { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
export { doWork } from '../../shared/pipeline/notifyOnCall.ts';
export { remindTests } from '../../shared/pipeline/remindTests.ts';

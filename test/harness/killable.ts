/** What {@link loadKillable} builds: the way of a call from the hub to the recorded answer, and what somebody answers. */
export { answerCall } from '../../shared/pipeline/answerCall.ts';
export { createServices } from '../../shared/pipeline/createServices.ts';
export { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
export { doWork } from '../../shared/pipeline/notifyOnCall.ts';

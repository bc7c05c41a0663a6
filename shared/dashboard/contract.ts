/**
 * What the page and its API say to each other: `/api/page/…`, JSON, times ISO 8601 in UTC. A failure is a problem of
 * RFC 9457 with a sentence. Whatever changes something is a POST with {@link CHANGE_HEADER} and a JSON body.
 */
export * from './contract/access.ts';
export * from './contract/calls.ts';
export * from './contract/chats.ts';
export * from './contract/record.ts';
export * from './contract/setUp.ts';
export * from './contract/signIn.ts';
export * from './contract/status.ts';
export { type Problem, problemSchema } from './contract/values.ts';

/** A helpful answer that was sent: to which message, and when. ISO 8601. */
export interface HelpfulAnswer {
  messageId: string;
  at: string;
}

const MOST_IN_AN_HOUR = 5;
const HOUR_MS = 60 * 60_000;

/**
 * Whether a message that says nothing clear may be answered: once each, however often Twilio delivers it, and five of a
 * sender in an hour, so that two machines never text each other all night. `history` is of this sender.
 */
export function mayAnswer(history: readonly HelpfulAnswer[], messageId: string, now: Date): boolean {
  if (history.some((answer) => answer.messageId === messageId)) return false;
  const since = now.getTime() - HOUR_MS;
  return history.filter(({ at }) => new Date(at).getTime() > since).length < MOST_IN_AN_HOUR;
}

/** What Graph may do one way or another: each side was seen in the field, or is left open by the documents. */
export interface Behaviour {
  /** `POST /subscriptions` for all messages of an account is refused with 403. */
  allChatsRefused: boolean;
  /** The same for the chats of an account. */
  chatsRefused: boolean;
  /** False: emergency call events that are to go to a hub never arrive, though the hub was validated. */
  eventHubDeliversEvents: boolean;
  /** Which claims the validation tokens of rich notifications have. */
  validationTokenVersion: '1.0' | '2.0';
}

export const DEFAULT_BEHAVIOUR: Readonly<Behaviour> = {
  allChatsRefused: false,
  chatsRefused: false,
  eventHubDeliversEvents: true,
  validationTokenVersion: '1.0',
};

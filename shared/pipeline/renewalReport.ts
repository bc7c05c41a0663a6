export interface RenewalFailure {
  action: 'signIn' | 'create' | 'renew' | 'check' | 'remove';
  /** Graph's or Entra's code: may be logged. */
  code: string;
  /** When the failures began that have not ended yet. */
  since: Date;
}

export interface RenewalReport {
  /** Whether a subscription lives; `off` where settings are missing, `busy` where another instance is at work. */
  state: 'active' | 'none' | 'off' | 'busy';
  actions: ('created' | 'renewed' | 'adopted' | 'removed' | 'confirmed')[];
  failures: RenewalFailure[];
  /** A subscription is new: since when chats must be read back. */
  reconcileFrom: Date | null;
}

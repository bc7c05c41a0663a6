/**
 * What is true of the account besides its messages. Words and values are those of the resources:
 * https://www.twilio.com/docs/iam/api/account, https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
 * https://www.twilio.com/docs/messaging/api/us-a2p-campaign-resource and
 * https://www.twilio.com/docs/messaging/api/tollfree-verification-resource. Messages go out whatever stands here.
 */
export interface Profile {
  status: 'active' | 'suspended' | 'closed';
  type: 'Full' | 'Trial';
  /** As Twilio writes it; `null` for a subaccount, which has none. */
  balance: string | null;
  /** Numbers of the account that cannot send SMS. */
  voiceOnly: readonly string[];
  /** Numbers that are in no messaging service. */
  unpooled: readonly string[];
  /** State of the campaign of every messaging service; `null` where none was registered. */
  campaign: 'PENDING' | 'IN_PROGRESS' | 'VERIFIED' | 'FAILED' | null;
  /** Of every toll-free number; `null` where none was asked for. */
  tollFreeVerification: 'PENDING_REVIEW' | 'IN_REVIEW' | 'TWILIO_APPROVED' | 'TWILIO_REJECTED' | null;
}

/** An account that is ready. */
export const READY: Readonly<Profile> = {
  status: 'active',
  type: 'Full',
  balance: '54.20',
  voiceOnly: [],
  unpooled: [],
  campaign: 'VERIFIED',
  tollFreeVerification: 'TWILIO_APPROVED',
};

/** The service that holds the numbers of an account for which none was named: a campaign needs one. */
export const REGISTRATION_SERVICE = `MG${'5'.repeat(32)}`;

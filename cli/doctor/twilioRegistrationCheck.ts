import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Twilio } from 'twilio';
import { type Check, type DoctorFinding, type Looked, SEE_SETTINGS, seePart } from './check.ts';
import { isNotThere, isRefusedOrSilent } from './twilioAnswers.ts';
import { findServiceOf, readSenders, type Sender, type Senders } from './twilioSenders.ts';

/** Toll-free codes of the North American Numbering Plan: https://www.nanpa.com/numbering/toll-free-codes */
const TOLL_FREE = /^\+1(800|833|844|855|866|877|888)/;

interface Registration {
  /** In a few words. */
  detail: string;
  finding: DoctorFinding | null;
}

/**
 * Whether the carriers of the United States take messages of the sender: a campaign of its messaging service for a local
 * number (A2P 10DLC), the verification of a toll-free one.
 * https://www.twilio.com/docs/messaging/api/us-a2p-campaign-resource
 * https://www.twilio.com/docs/messaging/api/tollfree-verification-resource
 */
export const twilioRegistrationCheck: Check = {
  part: 'SMS registration',
  async look({ twilio, reading }) {
    const { twilio: settings } = reading.settings;
    if (!twilio || !settings) return SEE_SETTINGS;
    try {
      const client = await twilio();
      return await judge(client, await readSenders(client, settings));
    } catch (caught) {
      if (isRefusedOrSilent(caught)) return seePart('Twilio account');
      if (isNotThere(caught)) return seePart('Twilio sender');
      throw caught;
    }
  },
};

async function judge(client: Twilio, senders: Senders): Promise<Looked | { unseen: string }> {
  const numbers = senders.kind === 'service' ? senders.numbers : senders.sender ? [senders.sender] : [];
  if (numbers.length === 0 && (senders.kind === 'number' || senders.others === 0)) return seePart('Twilio sender');
  const tollFree = numbers.filter(({ number }) => TOLL_FREE.test(number));
  const local = numbers.filter(({ number }) => isUnitedStates(number));
  const found = await Promise.all([
    ...tollFree.map((sender) => readVerification(client, sender)),
    ...(local[0] ? [readCampaign(client, senders, local[0])] : []),
  ]);
  const rest = numbers.length - tollFree.length - local.length;
  const other = rest > 0 || found.length === 0 ? ['senders of other countries and kinds are not judged'] : [];
  return {
    detail: [...new Set(found.map(({ detail }) => detail)), ...other].join('; '),
    findings: found.map(({ finding }) => finding),
  };
}

/** Numbers of Canada and the Caribbean begin with +1 too, and need no campaign. One that nobody can place is taken for ours. */
function isUnitedStates(number: string): boolean {
  if (!number.startsWith('+1') || TOLL_FREE.test(number)) return false;
  return (parsePhoneNumberFromString(number)?.country ?? 'US') === 'US';
}

async function readVerification(client: Twilio, { sid }: Sender): Promise<Registration> {
  const [newest] = (
    await client.messaging.v1.tollfreeVerifications.list({ tollfreePhoneNumberSid: sid, limit: 20 })
  ).sort((a, b) => b.dateUpdated.getTime() - a.dateUpdated.getTime());
  const status = newest ? String(newest.status) : 'none';
  if (status === 'TWILIO_APPROVED') return { detail: 'toll-free verification approved', finding: null };
  const words: Record<string, string> = {
    PENDING_REVIEW: 'waits for its review',
    IN_REVIEW: 'is being reviewed',
    TWILIO_REJECTED: 'was rejected',
    none: 'was never asked for',
  };
  return {
    detail: `toll-free verification ${words[status] ?? 'not approved'}`,
    finding: {
      id: 'tollFree',
      severity: 'critical',
      what: `The verification of the toll-free number ${words[status] ?? `has the state ${status.replace(/\W/g, '')}`}.`,
      why: 'Until it is approved the carriers of the United States and Canada take no message from it (error 30032).',
      todo: 'https://console.twilio.com, Phone Numbers, that number, Regulatory Information. A review takes days.',
    },
  };
}

async function readCampaign(client: Twilio, senders: Senders, { number }: Sender): Promise<Registration> {
  const service = senders.kind === 'service' ? senders.sid : await findServiceOf(client, number);
  if (service === null)
    return unregistered(
      'The number is in no messaging service, and so in no A2P 10DLC campaign.',
      'no A2P 10DLC campaign',
    );
  const campaigns = await client.messaging.v1.services(service).usAppToPerson.list({ limit: 20 });
  const states = campaigns.map(({ campaignStatus }) => String(campaignStatus));
  if (states.includes('VERIFIED')) return { detail: 'A2P 10DLC campaign verified', finding: null };
  if (states.length === 0)
    return unregistered('The messaging service has no A2P 10DLC campaign.', 'no A2P 10DLC campaign');
  const state = states.includes('FAILED') ? 'FAILED' : (states[0] ?? '').replace(/\W/g, '');
  const words = state === 'FAILED' ? 'was refused' : `is not verified yet (${state})`;
  return unregistered(`The A2P 10DLC campaign ${words}.`, `A2P 10DLC campaign ${words}`);
}

function unregistered(what: string, detail: string): Registration {
  return {
    detail,
    finding: {
      id: 'campaign',
      severity: 'critical',
      what,
      why: 'The carriers of the United States take no message from an unregistered number (error 30034).',
      todo: 'https://console.twilio.com, Messaging, Regulatory Compliance, A2P 10DLC. It takes days to weeks; a verified toll-free number is often faster.',
    },
  };
}

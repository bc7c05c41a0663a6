import { type Check, type DoctorFinding, SEE_SETTINGS, seePart } from './check.ts';
import { isNotThere, isRefusedOrSilent } from './twilioAnswers.ts';
import { readSenders, type Senders } from './twilioSenders.ts';

const WHY = 'Twilio refuses every message: nobody is told of a call by phone.';
const NUMBERS = 'https://console.twilio.com, Phone Numbers, Manage, Active numbers';

/** Whether what the settings name as the sender is in the account and can send SMS. */
export const twilioSenderCheck: Check = {
  part: 'Twilio sender',
  async look({ twilio, reading }) {
    const { twilio: settings } = reading.settings;
    if (!twilio || !settings) return SEE_SETTINGS;
    try {
      return judge(await readSenders(await twilio(), settings));
    } catch (caught) {
      if (isRefusedOrSilent(caught)) return seePart('Twilio account');
      if (!isNotThere(caught)) throw caught;
      return { detail: 'the messaging service is not there', findings: [noService()] };
    }
  },
};

function judge(senders: Senders): { detail: string; findings: readonly (DoctorFinding | null)[] } {
  if (senders.kind === 'number') {
    const { sender } = senders;
    if (sender === null) return { detail: 'the number is not in the account', findings: [noNumber()] };
    return sender.canSms
      ? { detail: 'the number is in the account and sends SMS', findings: [] }
      : { detail: 'the number cannot send SMS', findings: [noSms('The number of TWILIO_FROM')] };
  }
  const able = senders.numbers.filter(({ canSms }) => canSms).length + senders.others;
  const all = senders.numbers.length + senders.others;
  return {
    detail: `a messaging service with ${all} sender${all === 1 ? '' : 's'}, ${able} for SMS`,
    findings: [able > 0 ? null : all === 0 ? empty() : noSms('No number of the messaging service')],
  };
}

function noNumber(): DoctorFinding {
  return {
    id: 'twilioNumber',
    severity: 'critical',
    what: 'The number of TWILIO_FROM is not in the Twilio account.',
    why: WHY,
    todo: `Compare TWILIO_FROM with ${NUMBERS}.`,
  };
}

function noSms(subject: string): DoctorFinding {
  const isNone = subject.startsWith('No ');
  return {
    id: 'twilioSms',
    severity: 'critical',
    what: `${subject} can${isNone ? '' : 'not'} send SMS.`,
    why: WHY,
    todo: `Buy a number with SMS, at ${NUMBERS}, and name it in the settings.`,
  };
}

function noService(): DoctorFinding {
  return {
    id: 'twilioService',
    severity: 'critical',
    what: 'The messaging service of TWILIO_MESSAGING_SERVICE_SID is not in the Twilio account.',
    why: WHY,
    todo: 'Compare it with https://console.twilio.com, Messaging, Services.',
  };
}

function empty(): DoctorFinding {
  return {
    id: 'twilioServiceEmpty',
    severity: 'critical',
    what: 'The messaging service has no sender.',
    why: WHY,
    todo: 'Add a number: https://console.twilio.com, Messaging, Services, that service, Sender Pool.',
  };
}

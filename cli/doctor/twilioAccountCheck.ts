import type { Twilio } from 'twilio';
import type { TwilioSettings } from '../../shared/settings.ts';
import { type Check, type DoctorFinding, SEE_SETTINGS } from './check.ts';
import { isNotThere, isRefused, twilioCodeOf } from './twilioAnswers.ts';

/** A message of two segments costs some 2 US cents with carrier fees: enough for hundreds of messages, and days to pay. */
const LOW_BALANCE = 10;
const WHY = 'No SMS goes out: nobody is told of a call by phone.';
const CONSOLE = 'https://console.twilio.com';

/** Whether Twilio lets us in, whether the account works, and whether there is money in it. */
export const twilioAccountCheck: Check = {
  part: 'Twilio account',
  async look({ twilio, services, reading }) {
    const { twilio: settings } = services?.settings ?? reading.settings;
    if (!twilio || !settings) return SEE_SETTINGS;
    const client = await twilio();
    try {
      // What sending needs, and no more: a key that may not look at the account may well send.
      await client.messages.page({ pageSize: 1 });
    } catch (caught) {
      const code = twilioCodeOf(caught);
      return {
        detail: `refused or silent (${code})`,
        findings: [isRefused(caught) ? refused(code, settings) : silent(code)],
      };
    }
    const [account, balance] = await Promise.all([readAccount(client, settings), readBalance(client)]);
    return {
      detail: [
        account ? `${account.type}, ${account.status}` : 'this API key may not see its state',
        balanceText(balance),
      ].join(', '),
      findings: [account && inactive(account.status), account && trial(account.type), low(balance)],
    };
  },
};

interface Balance {
  amount: number;
  currency: string;
}

/** `null` where a standard API key asks, which may do everything else: https://www.twilio.com/docs/iam/api-keys */
async function readAccount(client: Twilio, { accountSid }: TwilioSettings) {
  try {
    const { status, type } = await client.api.v2010.accounts(accountSid).fetch();
    return { status: String(status), type: String(type) };
  } catch (caught) {
    if (isRefused(caught)) return null;
    throw caught;
  }
}

/** `null` for a subaccount, which spends its parent's, or where the key may not see it. */
async function readBalance(client: Twilio): Promise<Balance | null> {
  try {
    const { balance, currency } = await client.balance.fetch();
    const amount = Number.parseFloat(balance);
    return Number.isNaN(amount) ? null : { amount, currency: /^[A-Z]{3}$/.test(currency) ? currency : '' };
  } catch (caught) {
    if (isRefused(caught) || isNotThere(caught)) return null;
    throw caught;
  }
}

function balanceText(balance: Balance | null): string {
  return balance === null
    ? 'balance cannot be seen'
    : `balance ${balance.amount.toFixed(2)} ${balance.currency}`.trim();
}

function refused(code: string, { credentials }: TwilioSettings): DoctorFinding {
  const names = credentials.kind === 'apiKey' ? 'TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET' : 'TWILIO_AUTH_TOKEN';
  return {
    id: 'twilioCredentials',
    severity: 'critical',
    what: `Twilio refuses the credentials (${code}).`,
    why: WHY,
    todo: `Compare TWILIO_ACCOUNT_SID and ${names} with ${CONSOLE}, Account, API keys & tokens. Is the account suspended?`,
  };
}

function silent(code: string): DoctorFinding {
  return {
    id: 'twilio',
    severity: 'critical',
    what: `Twilio does not answer (${code}).`,
    why: WHY,
    todo: 'Look at status.twilio.com and at the network from here; TWILIO_BASE_URL must be empty for the real one.',
  };
}

function inactive(status: string): DoctorFinding | null {
  if (status === 'active') return null;
  return {
    id: 'twilioStatus',
    severity: 'critical',
    what: `The Twilio account is ${/^\w+$/.test(status) ? status : 'not active'}.`,
    why: WHY,
    todo: `${CONSOLE} says why; pay what is open, or ask Twilio support.`,
  };
}

function trial(type: string): DoctorFinding | null {
  if (type !== 'Trial') return null;
  return {
    id: 'twilioTrial',
    severity: 'warning',
    what: 'The Twilio account is a trial one.',
    why: 'It texts only numbers that were verified by hand: most people on call would not be told.',
    todo: `${CONSOLE}, Upgrade account.`,
  };
}

function low(balance: Balance | null): DoctorFinding | null {
  if (balance === null || balance.amount >= LOW_BALANCE) return null;
  const isNone = balance.amount <= 0;
  return {
    id: 'twilioBalance',
    severity: isNone ? 'critical' : 'warning',
    what: isNone
      ? `There is no money in the Twilio account (${balanceText(balance)}).`
      : `Little money is left in the Twilio account (${balanceText(balance)}).`,
    why: isNone ? WHY : 'At zero Twilio suspends the account, and no SMS goes out.',
    todo: `${CONSOLE}, Billing: pay in, and switch auto-recharge on.`,
  };
}

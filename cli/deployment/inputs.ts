import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseRoster, recipientsOf, usablePartOf } from '../../shared/oncall/roster.ts';
import { readSettings, type SettingFault } from '../../shared/settings.ts';
import { type Check, fine, judged, type Problem } from './check.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What each is for, and a value as it would be set. Those that {@link readSettings} knows are judged by it. */
const INPUTS: Readonly<Record<string, { why: string; example: string }>> = {
  SERVICE_ACCOUNT: {
    why: 'Teams tells this account of emergency calls, and its chats are read.',
    example: 'emergency@contoso.com',
  },
  TENANT_DOMAIN: {
    why: 'Microsoft Graph finds the Event Hub by the domain of the tenant.',
    example: 'contoso.onmicrosoft.com',
  },
  TWILIO_ACCOUNT_SID: { why: 'Without it no SMS is sent.', example: 'AC… (https://console.twilio.com shows it)' },
  TWILIO_FROM: {
    why: 'An SMS needs a sender that the carriers have approved (or set TWILIO_MESSAGING_SERVICE_SID instead).',
    example: '+14255550100',
  },
  TWILIO_MESSAGING_SERVICE_SID: {
    why: 'An SMS needs a sender that the carriers have approved.',
    example: 'MG… (https://console.twilio.com shows it)',
  },
  LAST_RESORT_NUMBERS: {
    why: 'These are told when nobody of the roster can be reached, and when the roster or the storage cannot be read.',
    example: '+14255550111,+14255550112',
  },
  ALARM_EMAILS: {
    why: 'Azure tells these when the product itself has come to a stop, by a way that does not depend on it.',
    example: 'it-oncall@contoso.com',
  },
};

/** Those that may be left out, as `infra/main.parameters.json` takes them. */
const OPTIONAL = [
  'CALLS_TOLD_ALONE',
  'CHAT_RESOURCE_DATA',
  'DEFAULT_COUNTRY',
  'EMAIL_ENDPOINT',
  'EMAIL_FROM',
  'EVENT_NOTIFICATION_URL',
  'EXTRA_EMERGENCY_PHRASES',
  'GRAPH_BASE_URL',
  'HEARTBEAT_URL',
  'LEGAL_HOLD',
  'MAP_ATTRIBUTION',
  'MAP_TILES_URL',
  'RETENTION_CALL_DAYS',
  'RETENTION_OTHER_MESSAGE_DAYS',
  'RETENTION_RAW_DAYS',
  'SMS_DETAIL',
  'TEST_NUMBERS',
  'TWILIO_API_KEY_SID',
  'WEBHOOK_URL',
];

const domain = z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/i, 'must be a domain');
const emails = z.array(z.email()).min(1);

/** Every input of the deployment that is missing or malformed. Values are never part of what is said. */
export function checkInputs(given: Environment): Check {
  const { EXTRA_EMERGENCY_PHRASES_BASE64: phrases } = given;
  // Quotation marks do not survive the way through azd.
  const decoded = phrases ? { EXTRA_EMERGENCY_PHRASES: Buffer.from(phrases, 'base64').toString('utf8') } : {};
  const env: Environment = { ...given, ...decoded };
  const { faults } = readSettings(env);
  const found = [
    ...faults.filter(({ name }) => name in INPUTS).map(({ name, problem }) => toProblem(name, problem)),
    ...faults.filter(({ name }) => OPTIONAL.includes(name) && (env[name] ?? '').trim() !== '').map(ofOptional),
    ...missing('LAST_RESORT_NUMBERS', env),
    ...badDomain(env.TENANT_DOMAIN?.trim() ?? ''),
    ...badEmails(env.ALARM_EMAILS ?? ''),
  ];
  return judged('inputs', found, 'present and well-formed');
}

function toProblem(name: string, problem: string): Problem {
  const { why = '', example = '' } = INPUTS[name] ?? {};
  return {
    what: `${name} ${problem}.`,
    why,
    mend: `Set it, such as ${example}:`,
    commands: [`azd env set ${name} <value>`],
  };
}

function ofOptional({ name, problem, feature }: SettingFault): Problem {
  return {
    what: `${name} ${problem}.`,
    why: `As it is, this is off: ${feature}.`,
    mend: 'Set it right, or empty where it is not wanted:',
    commands: [`azd env set ${name === 'EXTRA_EMERGENCY_PHRASES' ? `${name}_BASE64` : name} <value>`],
  };
}

function missing(name: string, env: Environment): Problem[] {
  return (env[name] ?? '').trim() === '' ? [toProblem(name, 'is missing')] : [];
}

function badDomain(value: string): Problem[] {
  if (value === '') return [toProblem('TENANT_DOMAIN', 'is missing')];
  return domain.safeParse(value).success ? [] : [toProblem('TENANT_DOMAIN', 'must be a domain, without https://')];
}

function badEmails(value: string): Problem[] {
  const list = value.split(',').map((one) => one.trim());
  if (value.trim() === '') return [toProblem('ALARM_EMAILS', 'is missing')];
  return emails.safeParse(list).success
    ? []
    : [toProblem('ALARM_EMAILS', 'must be e-mail addresses, parted by commas')];
}

const ROSTER = 'roster';

/** Whether the roster is there, without fault, and somebody in it can be texted. */
export async function checkRoster(env: Environment): Promise<Check> {
  const file = env.ROSTER_FILE || 'roster.json';
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (caught) {
    return judged(ROSTER, [unreadable(file, (caught as { code?: unknown }).code === 'ENOENT')], '');
  }
  const result = parseRoster(json);
  if ('roster' in result) {
    const people = recipientsOf(result.roster).length;
    return fine(ROSTER, `${people} ${people === 1 ? 'person is' : 'people are'} told of calls`);
  }
  const reachable = usablePartOf(json).recipients.length;
  const rest = reachable === 0 ? 'nobody of it could be told' : `only ${reachable} of it could be told`;
  const problems = result.problems.map((problem) => ({
    what: `${file}: ${problem}.`,
    why: `It says who is told of a call: as it is, ${rest}.`,
    mend: `Mend ${file} in an editor; roster.example.json shows how it is written.`,
  }));
  return judged(ROSTER, problems, '');
}

function unreadable(file: string, isMissing: boolean): Problem {
  return {
    what: isMissing ? `There is no ${file}.` : `${file} cannot be read as JSON.`,
    why: 'It says who is told of a call.',
    mend: isMissing
      ? `Copy roster.example.json to ${file}, and put in the people on call.`
      : `Mend ${file} in an editor; a comma too many or too few is the usual reason.`,
  };
}

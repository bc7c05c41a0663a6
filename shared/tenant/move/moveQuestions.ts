import { psText } from '../audit/powerShell.ts';
import { foldName } from '../networkIndex.ts';
import { GLOBAL } from '../policyConfig.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import { showLine, showNumbersOf, teams } from './moveCommands.ts';
import { isE164, type MoveFrom } from './moveFrom.ts';
import type { MoveParty, MoveQuestion } from './movePlan.ts';
import { type OperatorAddresses, operatorsOf } from './operatorAddresses.ts';

/** What has to be asked before the move, since no export tells, or this one does not. */
export function askBefore(index: TenantIndex, from: MoveFrom): MoveQuestion[] {
  const operators = operatorsOf(index.config.phoneNumbers);
  const aboutUser = [...askAboutAccount(from), ...askAboutOtherNumbers(from)];
  if (from.source === 'operatorConnectMobile') return [...aboutUser, askWhoSetsAddresses(operators)];
  return [
    ...aboutUser,
    ...askAboutNumber(from),
    ...askAboutRouting(index, from),
    askOperator(operators),
    ...askWhen(from),
    askWhoSetsAddresses(operators),
  ];
}

function askAboutAccount({ user }: MoveFrom): MoveQuestion[] {
  const identity = psText(user.userPrincipalName);
  const mode = ask(
    'administrator',
    'Is the user in TeamsOnly mode? The export does not say.',
    null,
    teams(`Get-CsOnlineUser -Identity ${identity} | fl TeamsUpgradeEffectiveMode`, [
      'TeamsUpgradeEffectiveMode : TeamsOnly',
    ]),
  );
  const country = ask('administrator', 'Of which country is the usage location? The export names none.');
  return [
    ...(user.teamsUpgradeEffectiveMode === null ? [mode] : []),
    ...(user.usageLocation === null ? [country] : []),
  ];
}

function askAboutOtherNumbers({ others }: MoveFrom): MoveQuestion[] {
  if (others.length === 0) return [];
  const names = others.map((each) => `${each.telephoneNumber} (${each.assignmentCategory ?? each.numberType})`);
  return [ask('user', `What becomes of the other numbers of the user: ${names.join(', ')}? This plan leaves them.`)];
}

function askAboutNumber({ source, user, number, listed }: MoveFrom): MoveQuestion[] {
  if (number === null) return [ask('operator', 'Which number does the user get? There is none of their own to move.')];
  const upn = user.userPrincipalName;
  const isDirectRouting = source === 'directRoutingOnline' || source === 'directRoutingOnPremises';
  return [
    ...(number.includes(';')
      ? [ask('operator', `Can ${number} be moved without its extension? A SIM card has the number alone.`)]
      : []),
    ...(isDirectRouting && listed === null
      ? [
          ask(
            'administrator',
            `Is ${number} a Direct Routing number? The export does not list it.`,
            'OnPremLineURI is populated',
            showNumbersOf(upn, ['NumberType : DirectRouting']),
          ),
        ]
      : []),
    ...(user.onPremLineUri !== null && !isE164(user.onPremLineUri)
      ? [
          ask(
            'administrator on premises',
            `What is ${user.onPremLineUri} on premises? It is no E.164 number.`,
            'something assigned on premises has to be removed there',
          ),
        ]
      : []),
    ...(isDirectRouting && user.registrarPool === null
      ? [
          ask(
            'administrator',
            'Is the user homed online? The export names no RegistrarPool.',
            null,
            showLine(upn, null, number, user.onPremLineUri),
          ),
        ]
      : []),
    ...(listed?.portInOrderStatus
      ? [ask('present operator', `Is the port order of ${number} closed? It is in state ${listed.portInOrderStatus}.`)]
      : []),
  ];
}

/** Once the user has no voice routing policy, that of the tenant holds. */
function askAboutRouting({ config }: TenantIndex, { source }: MoveFrom): MoveQuestion[] {
  const own = config.voiceRoutingPolicies.find(({ identity }) => foldName(identity) === foldName(GLOBAL));
  if (!source.startsWith('directRouting') || !own || own.onlinePstnUsages.length === 0) return [];
  return [
    ask(
      'administrator',
      'Is the voice routing policy of the tenant meant for users of other operators too?',
      `without one of their own the user has it, and its usages (${own.onlinePstnUsages.join(', ')}) may lead calls to gateways`,
    ),
  ];
}

function askOperator(operators: readonly OperatorAddresses[]): MoveQuestion {
  const known = operators.map(({ operator, numbers }) => `${operator} (${numbers} in the tenant)`);
  return ask(
    'operator',
    'Does the operator take part in Operator Connect Mobile, is it enabled for the country (Voice > Operators), and is the wireless plan SIM-enabled and eligible?',
    known.length === 0 ? 'no operator has SIM-enabled numbers in the tenant yet' : `present: ${known.join(', ')}`,
  );
}

function askWhen({ source, number }: MoveFrom): MoveQuestion[] {
  if (number === null) return [];
  const when = ask('operator', 'On which day and hour is the number moved, and how long is it out of service?');
  const release = ask('present operator', 'When does the present operator remove the number from the tenant?');
  return source === 'operatorConnect' ? [when, release] : [when];
}

const SEEN: Record<OperatorAddresses['addresses'], string> = {
  fixedByOperator: 'no address can be changed here: fixed by the operator',
  changeable:
    'addresses can be changed here: assigned by the operator or by you, which of both the numbers do not show',
  mixed: 'some addresses can be changed here and some not',
  unknown: 'the export does not say whether addresses can be changed',
};

function askWhoSetsAddresses(operators: readonly OperatorAddresses[]): MoveQuestion {
  const seen = operators.map(({ operator, addresses }) => `${operator}: ${SEEN[addresses]}`);
  return ask(
    'operator',
    'Who sets the emergency address of the number: the operator for good, the operator with changes allowed, or the customer?',
    seen.length === 0 ? null : seen.join('; '),
  );
}

function ask(party: MoveParty, question: string, hint: string | null = null, ...commands: MoveQuestion['commands']) {
  return { ask: party, question, hint, commands };
}

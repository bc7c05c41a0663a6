import { findCallerAccount, type SharedCalling } from '../callerAccount.ts';
import { foldName } from '../networkIndex.ts';
import type { PhoneNumber, TenantUser } from '../peopleConfig.ts';
import { isSimEnabled } from '../simEnabled.ts';
import { bareNumber, type TenantIndex } from '../tenantIndex.ts';

/** How a user calls now. `unknown`: with a number that the export does not list, or of a kind that nobody knows. */
export type MoveSource =
  | 'callingPlan'
  | 'operatorConnect'
  | 'directRoutingOnline'
  | 'directRoutingOnPremises'
  | 'operatorConnectMobile'
  | 'sharedCalling'
  | 'none'
  | 'unknown';

export interface MoveFrom {
  user: TenantUser;
  source: MoveSource;
  /** The number to move, with its extension; `null` where the user has none of their own. */
  number: string | null;
  /** `null` where the export does not list the number. */
  listed: PhoneNumber | null;
  /** Further numbers of the user: private and alternate lines. They are not moved. */
  others: PhoneNumber[];
  shared: SharedCalling | null;
}

/** `upn`: user principal name or object id, in any case of letters; `null` for whoever is not in the export. */
export function readMoveFrom(index: TenantIndex, upn: string): MoveFrom | null {
  const account = findCallerAccount(index, upn);
  if (account === null) return null;
  const { user, own } = account;
  const listed = own?.number ?? null;
  const others = (index.numbersOf.get(foldName(user.identity)) ?? []).filter((each) => each !== listed);
  const isSharedCaller = user.policies.teamsSharedCallingRoutingPolicy !== null || user.enterpriseVoiceEnabled === true;
  const shared = isSharedCaller ? account.shared : null;
  const number = listed?.telephoneNumber ?? user.lineUri ?? user.onPremLineUri;
  return { user, source: sourceOf(user, listed, number, shared), number, listed, others, shared };
}

/**
 * Direct Routing is on premises where `OnPremLineURI` is populated, else online
 * (https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure-numbers).
 */
function sourceOf(
  { onPremLineUri }: TenantUser,
  listed: PhoneNumber | null,
  number: string | null,
  shared: SharedCalling | null,
): MoveSource {
  if (number === null) return shared === null ? 'none' : 'sharedCalling';
  if (listed && isSimEnabled(listed)) return 'operatorConnectMobile';
  switch (listed?.numberType.toLowerCase()) {
    case 'callingplan':
      return 'callingPlan';
    case 'operatorconnect':
      return 'operatorConnect';
    case 'directrouting':
      return onPremLineUri === null ? 'directRoutingOnline' : 'directRoutingOnPremises';
    case undefined:
      return onPremLineUri === null ? 'unknown' : 'directRoutingOnPremises';
    default:
      return 'unknown';
  }
}

export function isE164(telephoneNumber: string): boolean {
  return /^\+[1-9]\d{1,14}$/.test(bareNumber(telephoneNumber));
}

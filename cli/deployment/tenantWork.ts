import type { Settings } from '../../shared/settings.ts';

/** One thing that only an administrator of the tenant can do. */
export interface TenantTask {
  title: string;
  why: string;
  /** Where it stands in the admin center. */
  place: string;
  /** The same in PowerShell; empty where the admin center is the only way. */
  lines: string[];
}

/**
 * What the deployment cannot do: everything in Teams and in the directory that decides whether Teams tells the service
 * account of a call. Names in angle brackets are the tenant's own.
 */
export function tenantTasks({ graph, eventSource, testNumbers }: Settings): TenantTask[] {
  const account = graph?.serviceAccount ?? '<service account>';
  const policies = eventSource?.policyNames ?? [];
  const policy = policies[0] ?? '<policy>';
  return [
    licence(account),
    conditionalAccess(account),
    notificationGroup(account, policy),
    assignment(policies.length > 0 ? policies : ['<policy>']),
    testNumber(testNumbers[0] ?? '933'),
    testCall(testNumbers[0] ?? '933'),
  ];
}

function licence(account: string): TenantTask {
  return {
    title: `Give ${account} a licence with Teams, and use the account for nothing else`,
    why: 'Without Teams it has no chats, and Teams cannot tell it of a call.',
    place: `Microsoft 365 admin center > Users > Active users > ${account} > Licenses and apps`,
    lines: [
      'Connect-MgGraph -Scopes User.ReadWrite.All, Organization.Read.All',
      'Get-MgSubscribedSku | Select-Object SkuPartNumber, SkuId',
      `Set-MgUserLicense -UserId '${account}' -AddLicenses @{SkuId = '<SkuId>'} -RemoveLicenses @()`,
    ],
  };
}

/** https://learn.microsoft.com/entra/identity/conditional-access/policy-block-authentication-flows */
function conditionalAccess(account: string): TenantTask {
  return {
    title: `Exclude ${account} from policies that block the device code or end its sign-in`,
    why: 'A blocked device code flow, a sign-in frequency or a required device ends the reading of its chats.',
    place:
      'Microsoft Entra admin center > Entra ID > Conditional Access > Policies > each policy with Authentication flows, Sign-in frequency or a device requirement > Users > Exclude',
    lines: [],
  };
}

/** https://learn.microsoft.com/powershell/module/microsoftteams/set-csteamsemergencycallingpolicy */
function notificationGroup(account: string, policy: string): TenantTask {
  return {
    title: `Add ${account} to the notification group of each emergency calling policy`,
    why: 'Only who is named there is told by Teams of a call. At most 10 addresses and 50 people.',
    place:
      'Teams admin center > Voice > Emergency policies > Calling policies > the policy > Users and groups for emergency calls notifications; the notification mode "Send notification only" is enough',
    lines: [
      `$policy = Get-CsTeamsEmergencyCallingPolicy -Identity '${policy}'`,
      `$group = (@($policy.NotificationGroup -split ';') + '${account}' | Where-Object { $_ }) -join ';'`,
      `Set-CsTeamsEmergencyCallingPolicy -Identity '${policy}' -NotificationGroup $group -NotificationMode NotificationOnly`,
      '# The last word changes the mode: leave it out where a mode is set already.',
    ],
  };
}

function assignment(policies: readonly string[]): TenantTask {
  return {
    title: 'Assign the policies to the people and to the sites',
    why: "A site's emergency calling policy takes the place of the caller's own: a site with another policy tells nobody here.",
    place:
      'Teams admin center > Voice > Emergency policies > Calling policies > Assign users; Locations > Network topology > Network sites > the site > Emergency calling policy',
    lines: policies.flatMap((policy) => [
      `Grant-CsTeamsEmergencyCallingPolicy -Identity '<user>' -PolicyName '${policy}'`,
      `Set-CsTenantNetworkSite -Identity '<site>' -EmergencyCallingPolicy '${policy}'`,
    ]),
  };
}

/** https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies */
function testNumber(number: string): TenantTask {
  return {
    title: `Let people dial ${number}`,
    why: `${number} is how the whole way is tested without a real emergency. With Calling Plan, Operator Connect and Teams Phone Mobile in the United States and Canada it is there; with Direct Routing it has to be added. The policy must not turn its notification off.`,
    place: `Direct Routing: Teams admin center > Voice > Emergency policies > Call routing policies > the policy > Emergency numbers > Add, dial string ${number}. Never as a dial mask of 911: that would call the emergency services`,
    lines: [
      `$number = New-CsTeamsEmergencyNumber -EmergencyDialString '${number}' -OnlinePSTNUsage '<usage>'`,
      "Set-CsTeamsEmergencyCallRoutingPolicy -Identity '<routing policy>' -EmergencyNumbers @{add=$number}",
      `(Get-CsTeamsEmergencyCallingPolicy -Identity '<policy>').ExtendedNotifications   # ${number} without a group tells nobody`,
    ],
  };
}

function testCall(number: string): TenantTask {
  return {
    title: `Dial ${number} once from each site`,
    why: 'Only that shows that its network, its policy and its address are right: the SMS must name the place.',
    place: `Teams on a computer or phone in the site > Calls > Dial ${number}. Then here: npm run status`,
    lines: [],
  };
}

import { durationText } from '../../shared/watch/duration.ts';
import type { Check, DoctorContext } from './check.ts';

/** What no program of ours can see, since Microsoft Graph does not give it, and where a person finds it. */
export interface Hint {
  what: string;
  /** The exact place in the admin center. */
  where: string;
  /** The same as a line of Teams PowerShell; `null` where there is none. */
  powerShell: string | null;
}

/** A last test call is the only sight there is of the Teams side. */
export const teamsCheck: Check = {
  part: 'Teams policies',
  async look({ services }) {
    const calls = await services?.store.calls.listNewest(50).catch(() => null);
    const newest = calls?.[0];
    const now = services?.now().getTime() ?? 0;
    const last = newest
      ? `the last call was recorded ${durationText(now - Date.parse(newest.recordedAt))} ago`
      : 'no call is on record yet: dial 933';
    return { unseen: `only a person can look; ${calls ? last : 'nor can the last call'}` };
  },
};

/** https://learn.microsoft.com/microsoftteams/manage-emergency-calling-policies */
export function teamsHints({ reading }: Pick<DoctorContext, 'reading'>): Hint[] {
  const account = reading.settings.graph?.serviceAccount ?? 'the service account';
  const policies = reading.settings.eventSource?.policyNames ?? [];
  const names = policies.length > 0 ? policies : ['Global'];
  return [
    {
      what: `${account} stands in the notification group of the emergency calling policy (${names.join(', ')}), for 933 too.`,
      where: 'Teams admin center: Voice, Emergency policies, Calling policies, the policy, Notification groups.',
      powerShell:
        'Get-CsTeamsEmergencyCallingPolicy | fl Identity, NotificationGroup, NotificationMode, ExtendedNotifications',
    },
    {
      what: 'The policy of a site stands above that of a user: EMERGENCY_CALLING_POLICIES names those of the sites too.',
      where: 'Teams admin center: Locations, Network topology, Network sites, Emergency calling policy.',
      powerShell: 'Get-CsTenantNetworkSite | fl Identity, EmergencyCallingPolicy',
    },
    {
      what: 'External addresses are trusted and networks have places, else calls come without a location.',
      where: 'Teams admin center: Locations, Network topology, Trusted IPs; Locations, Networks & locations.',
      powerShell: 'Get-CsTenantTrustedIPAddress; Get-CsOnlineLisSubnet',
    },
    {
      what: `${account} has a Teams licence, and nobody else uses it.`,
      where: 'Microsoft 365 admin center: Users, Active users, the account, Licenses and apps.',
      powerShell: null,
    },
  ];
}

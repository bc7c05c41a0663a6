import { foldName } from '../networkIndex.ts';
import { GLOBAL } from '../policyConfig.ts';
import type { TenantRule } from '../tenantRule.ts';
import { callersOf, someOf } from './people.ts';
import { psText } from './powerShell.ts';

const DYNAMIC = 'https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling';

/** Rules of the clients that people call with. */
export const CLIENT_RULES: readonly TenantRule[] = [
  {
    id: 'CLIENT-01',
    rule: 'Nobody calls telephone numbers with the Teams web client',
    severity: 'critical',
    why: 'It conveys no location, and Teams tells nobody of its emergency calls.',
    source: DYNAMIC,
    find: ({ config, ...index }) => {
      const usersOf = new Map<string, string[]>([[foldName(GLOBAL), []]]);
      for (const { user } of callersOf({ config, ...index })) {
        const name = foldName(user.policies.teamsCallingPolicy ?? GLOBAL);
        usersOf.set(name, [...(usersOf.get(name) ?? []), user.userPrincipalName]);
      }
      return config.callingPolicies.flatMap(({ identity, allowWebPstnCalling }) => {
        const users = usersOf.get(foldName(identity));
        if (!users || allowWebPstnCalling === false) return [];
        return [
          {
            object: `TeamsCallingPolicy ${identity}`,
            problem: `allows it${users.length === 0 ? '' : ` for ${someOf(users)}`}`,
            remedy: `Set-CsTeamsCallingPolicy -Identity ${psText(identity)} -AllowWebPSTNCalling $false`,
          },
        ];
      });
    },
  },
  {
    id: 'CLIENT-40',
    rule: 'Every phone, mobile and room has a version of Teams that knows dynamic emergency calling',
    severity: 'critical',
    why: 'From iOS 1.0.92.2019121004, Android 1416/1.0.0.2019121201, Teams phones 1449/1.0.94.2019110802 and Teams Rooms 4.4.25.0 on; older ones ask for no location.',
    source: DYNAMIC,
    find: null,
  },
  {
    id: 'CLIENT-41',
    rule: 'No 3PIP phones are in use',
    severity: 'critical',
    why: 'They do not support dynamic emergency calling: no location, and nobody is told.',
    source: DYNAMIC,
    find: null,
  },
  {
    id: 'CLIENT-42',
    rule: 'Where switches and ports say where people are, Macs have the LLDP software and phones a version that tells its port',
    severity: 'warning',
    why: 'Windows 10 and later tell it by themselves, Macs with the software only, Teams phones from 1449/1.0.94.2021110101 on.',
    source: DYNAMIC,
    find: null,
    concerns: ({ config: { networks } }) => networks.ports.length > 0 || networks.switches.length > 0,
  },
  {
    id: 'CLIENT-43',
    rule: 'In GCC High emergency calls are made from computers, mobiles and phones of version 1449/1.0.94.2022061702 or later',
    severity: 'critical',
    why: 'Nothing else there knows dynamic emergency calling.',
    source: DYNAMIC,
    find: null,
    concerns: ({ config }) => /gcc ?h/i.test(config.manifest.cloud),
  },
  {
    id: 'CLIENT-44',
    rule: 'In the DoD cloud emergency calls have another way to convey a location',
    severity: 'critical',
    why: 'Dynamic emergency calling is not available there.',
    source: DYNAMIC,
    find: null,
    concerns: ({ config }) => /dod/i.test(config.manifest.cloud),
  },
];

import { ageOf, DAY_MS, durationText } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { Observations } from './observations.ts';
import { judge, present } from './watchedPart.ts';

/** What is older than this names places, policies and people that are no longer so. */
export const MOST_AGE_MS = 30 * DAY_MS;

/** Whether the tenant's configuration, if one was imported, is whole and not too old. */
export function checkTenant({ tenant }: Observations, now: Date): WatchedPart {
  return judge('tenant', tenant, ({ inForce, damaged }) => {
    const detail =
      inForce === null
        ? 'none imported'
        : `version ${inForce.version}, exported ${durationText(ageOf(inForce.exportedAt, now))} ago`;
    const isOld = inForce !== null && ageOf(inForce.exportedAt, now) > MOST_AGE_MS;
    return {
      detail,
      findings: present([
        isOld ? tooOld(inForce.exportedAt, now) : null,
        damaged === null ? null : damagedVersion(damaged, inForce?.version ?? null),
      ]),
    };
  });
}

const TODO =
  'Run scripts/Export-TeamsEmergencyConfig.ps1, then: npm run tenant -- diff DIR --impact, and npm run tenant -- import DIR.';

function tooOld(exportedAt: Date, now: Date): Finding {
  return {
    id: 'tenantAge',
    severity: 'warning',
    since: new Date(exportedAt.getTime() + MOST_AGE_MS),
    title: 'tenant configuration is old',
    what: `The tenant's configuration was exported ${durationText(ageOf(exportedAt, now))} ago: what it adds to an alert may no longer be so.`,
    todo: TODO,
  };
}

function damagedVersion(version: number, inForce: number | null): Finding {
  const instead = inForce === null ? 'None is in force' : `Version ${inForce} is in force instead`;
  return {
    id: 'tenantDamaged',
    severity: 'warning',
    since: null,
    title: 'tenant configuration is damaged',
    what: `Version ${version} of the tenant's configuration cannot be read. ${instead}.`,
    todo: TODO,
  };
}

import { type Roster, recipientsOfStep } from '../../oncall/roster.ts';
import type { Services } from '../../pipeline/services.ts';
import { personOf } from '../calls/summary.ts';
import type { RosterOfPage } from '../contract.ts';
import { overridesOf, shiftsOf } from './calendar.ts';

/** The roster that is told, and who is on call in a time; numbers but for their last two digits stay here. */
export async function rosterView(services: Services, range: { from: Date; until: Date }): Promise<RosterOfPage> {
  const current = services.roster();
  const stored = current?.origin.kind === 'table' ? current.origin.version : null;
  const known =
    stored === null ? undefined : (await services.store.roster.list(20)).find(({ version }) => version === stored);
  return {
    version: stored,
    origin: current?.origin.kind ?? 'none',
    importedAt: known?.importedAt ?? null,
    importedBy: known?.importedBy ?? null,
    problems: services.rosterProblems().map(({ problem }) => problem),
    ...(current ? partsOf(services, current.roster, range) : NOTHING),
  };
}

const NOTHING = { people: [], teams: [], sites: [], rotations: [], overrides: [] };

function partsOf(services: Services, roster: Roster, range: { from: Date; until: Date }) {
  const { people, teams, sites, rotations, overrides } = roster;
  return {
    people: people.map(({ id, name, channels, language, phone, email }) => ({
      ...{ id, name, channels, language, phoneEnd: phone.slice(-2), hasEmail: email !== null },
    })),
    teams: teams.map((team) => ({
      ...{ id: team.id, name: team.name, timeZone: team.timeZone },
      steps: team.steps.map(({ escalateAfterMinutes, tell }, step) => ({
        escalateAfterMinutes,
        tell,
        toldNow: recipientsOfStep(roster, team, step, services.now()).map(({ id }) => personOf(services, id)),
      })),
    })),
    sites: sites.map(({ id, name }) => ({ id, name })),
    rotations: rotations.map((rotation) => ({
      ...{ id: rotation.id, timeZone: rotation.timeZone },
      people: rotation.people.map((id) => personOf(services, id)),
      shifts: shiftsOf(rotation, overrides, range, services.nameOf),
    })),
    overrides: overridesOf(roster, services.nameOf),
  };
}

import { readFile } from 'node:fs/promises';
import { usablePartOf } from '../../shared/oncall/roster.ts';
import { createRosterSource, type RosterOrigin, type RosterSource } from '../../shared/pipeline/rosterSource.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import type { RosterVersion } from '../../shared/store/rosterStore.ts';
import { type Check, type DoctorFinding, SEE_SETTINGS, SEE_STORAGE } from './check.ts';

/** More faults than this are not read by anybody. */
const MOST_FAULTS = 8;
/** As many as the product itself looks through for a good one. */
const MOST_VERSIONS = 20;

const IMPORT = 'npm run roster -- import FILE';
const EXPORT_AND_IMPORT = `npm run roster -- export --out FILE, change it, then ${IMPORT}.`;

/** Where the roster that is told lies, and how it is changed there. */
interface Place {
  name: string;
  change: string;
}

/**
 * Who would be told: by the stored roster, which stands above the file, else by the file as it lies in this folder, from
 * which it is deployed. People are counted, not named.
 */
export const rosterCheck: Check = {
  part: 'roster',
  async look({ services, reading }) {
    if (!services) return SEE_SETTINGS;
    const versions = await services.store.roster.list(MOST_VERSIONS).catch(() => null);
    if (versions === null) return SEE_STORAGE;
    const file = nameOf(services.settings.rosterFile);
    const isDeployment = reading.source.kind === 'deployment';
    const ofFile = { name: file, change: `change ${file}${isDeployment ? ', then azd deploy' : ''}.` };
    const source = await openSource(services, versions);
    const origin = source.current()?.origin ?? null;
    const place = isStored(origin) ? { name: 'the stored roster', change: EXPORT_AND_IMPORT } : ofFile;
    const { recipients, administrators, timeZone } = usablePartOf(await documentOf(origin, services, versions));
    const lastResort = services.lastResort().length;
    const count = (n: number, one: string, many: string) => `${n === 0 ? 'no' : n} ${n === 1 ? one : many}`;
    return {
      detail: [
        `${origin?.kind === 'table' ? `version ${origin.version}` : place.name}: ${count(recipients.length, 'person', 'people')} on call`,
        count(administrators.length, 'administrator', 'administrators'),
        count(lastResort, 'last-resort number', 'last-resort numbers'),
        timeZone ?? 'no time zone',
      ].join(', '),
      findings: [
        faultyVersions(problemsOf(source, 'Roster')),
        faultyFile(ofFile, problemsOf(source, 'ROSTER_FILE'), origin),
        recipients.length === 0 ? nobody(place, lastResort) : null,
        recipients.length > 0 && administrators.length === 0 ? noAdministrator(place) : null,
        origin !== null && timeZone === null ? noTimeZone(place) : null,
      ],
    };
  },
};

/** As the product reads it, from what the table was just seen to hold. */
async function openSource({ settings, log, now }: Services, versions: RosterVersion[]): Promise<RosterSource> {
  const source = createRosterSource({ list: async () => versions }, settings.rosterFile, log, now);
  await source.refresh();
  return source;
}

function isStored(origin: RosterOrigin | null): boolean {
  return origin?.kind === 'table' || (origin?.kind === 'part' && origin.of === 'table');
}

/** What was written where the roster that is told comes from; `null` where nothing can be read. */
async function documentOf(
  origin: RosterOrigin | null,
  { settings }: Services,
  versions: readonly RosterVersion[],
): Promise<unknown> {
  if (origin?.kind === 'table') return versions.find(({ version }) => version === origin.version)?.document ?? null;
  if (isStored(origin)) {
    return versions.map(({ document }) => document).find((one) => usablePartOf(one).recipients.length > 0) ?? null;
  }
  try {
    return JSON.parse(await readFile(settings.rosterFile, 'utf8'));
  } catch {
    return null;
  }
}

/** The time zone of a team is told by itself. */
function problemsOf(source: RosterSource, name: 'Roster' | 'ROSTER_FILE'): string[] {
  const problems = source.problems().filter((one) => one.name === name);
  return problems.map(({ problem }) => problem).filter((problem) => !/^(team|teams\[\d+\])\.timeZone/.test(problem));
}

function listed(problems: readonly string[]): string {
  const more = problems.length > MOST_FAULTS ? `; and ${problems.length - MOST_FAULTS} more` : '';
  return `${problems.slice(0, MOST_FAULTS).join('; ')}${more}.`;
}

function faultyVersions(problems: readonly string[]): DoctorFinding | null {
  if (problems.length === 0) return null;
  return {
    id: 'rosterStored',
    severity: 'warning',
    what: `The stored roster has faults: ${listed(problems)}`,
    why: 'Others are told than whoever imported it last meant to.',
    todo: EXPORT_AND_IMPORT,
  };
}

function faultyFile(
  { name, change }: Place,
  problems: readonly string[],
  origin: RosterOrigin | null,
): DoctorFinding | null {
  if (problems.length === 0) return null;
  return {
    id: 'roster',
    severity: 'warning',
    what: `${name} has faults: ${listed(problems)}`,
    why: isStored(origin)
      ? 'A process that has not read the stored roster yet tells by it, where the storage does not answer.'
      : 'Whoever stands there with a fault is not told; the others are.',
    todo: `${sentence(change)} roster.example.json shows its form.`,
  };
}

function nobody({ change }: Place, lastResort: number): DoctorFinding {
  const isAnybody = lastResort > 0;
  return {
    id: 'rosterEmpty',
    severity: isAnybody ? 'warning' : 'critical',
    what: 'The roster names nobody who can be texted.',
    why: isAnybody ? 'Only the last-resort numbers are told of a call.' : 'Nobody is told of a call.',
    todo: `Give the people of the roster their numbers, in E.164 form: ${change}`,
  };
}

function noAdministrator({ change }: Place): DoctorFinding {
  return {
    id: 'rosterAdministrators',
    severity: 'warning',
    what: 'The roster names no administrator who can be texted.',
    why: 'Alarms of the product itself, such as an expired sign-in, go to the people on call, who cannot mend it.',
    todo: `List the id of at least one person under "administrators": ${change}`,
  };
}

function noTimeZone({ change }: Place): DoctorFinding {
  return {
    id: 'rosterTimeZone',
    severity: 'warning',
    what: 'The roster names no time zone that is one.',
    why: 'Alerts give the time of a call in UTC, which is misread at night.',
    todo: `Set the timeZone of the team, such as America/New_York: ${change}`,
  };
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function nameOf(file: string): string {
  return file.split(/[\\/]/).at(-1) || file;
}

import { readFile } from 'node:fs/promises';
import { errorCodeOf } from '../../shared/errors.ts';
import { parseRoster, usablePartOf } from '../../shared/oncall/roster.ts';
import { type Check, type DoctorFinding, SEE_SETTINGS } from './check.ts';

/** More faults than this are not read by anybody. */
const MOST_FAULTS = 8;

/** Who would be told, by the roster as it lies in this folder, from which it is deployed. People are counted, not named. */
export const rosterCheck: Check = {
  part: 'roster',
  async look({ services, reading }) {
    if (!services) return SEE_SETTINGS;
    const { rosterFile } = services.settings;
    const { json, problems: all } = await readRoster(rosterFile);
    // The time zone is told by itself.
    const problems = all.filter((problem) => !/^(team|teams\[\d+\])\.timeZone/.test(problem));
    const { recipients, administrators, timeZone } = usablePartOf(json);
    const lastResort = services.lastResort().length;
    const count = (n: number, one: string, many: string) => `${n === 0 ? 'no' : n} ${n === 1 ? one : many}`;
    return {
      detail: [
        `${count(recipients.length, 'person', 'people')} on call`,
        count(administrators.length, 'administrator', 'administrators'),
        count(lastResort, 'last-resort number', 'last-resort numbers'),
        timeZone ?? 'no time zone',
      ].join(', '),
      findings: [
        problems.length > 0 ? faulty(rosterFile, problems) : null,
        recipients.length === 0 ? nobody(rosterFile, lastResort) : null,
        recipients.length > 0 && administrators.length === 0 ? noAdministrator(rosterFile) : null,
        json !== null && timeZone === null ? noTimeZone(rosterFile) : null,
      ].map((finding) => finding && withDeployment(finding, reading.source.kind === 'deployment')),
    };
  },
};

async function readRoster(file: string): Promise<{ json: unknown; problems: string[] }> {
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'));
    const result = parseRoster(json);
    return { json, problems: 'problems' in result ? result.problems : [] };
  } catch (caught) {
    return { json: null, problems: [`it cannot be read (${errorCodeOf(caught)})`] };
  }
}

function withDeployment(finding: DoctorFinding, isDeployment: boolean): DoctorFinding {
  return isDeployment ? { ...finding, todo: `${finding.todo} Then: azd deploy.` } : finding;
}

function faulty(file: string, problems: readonly string[]): DoctorFinding {
  const more = problems.length > MOST_FAULTS ? `; and ${problems.length - MOST_FAULTS} more` : '';
  return {
    id: 'roster',
    severity: 'warning',
    what: `${nameOf(file)} has faults: ${problems.slice(0, MOST_FAULTS).join('; ')}${more}.`,
    why: 'Whoever stands there with a fault is not told; the others are.',
    todo: `Mend ${nameOf(file)}; roster.example.json shows its form.`,
  };
}

function nobody(file: string, lastResort: number): DoctorFinding {
  const isAnybody = lastResort > 0;
  return {
    id: 'rosterEmpty',
    severity: isAnybody ? 'warning' : 'critical',
    what: 'The roster names nobody who can be texted.',
    why: isAnybody ? 'Only the last-resort numbers are told of a call.' : 'Nobody is told of a call.',
    todo: `Give the people in ${nameOf(file)} their numbers, in E.164 form.`,
  };
}

function noAdministrator(file: string): DoctorFinding {
  return {
    id: 'rosterAdministrators',
    severity: 'warning',
    what: 'The roster names no administrator who can be texted.',
    why: 'Alarms of the product itself, such as an expired sign-in, go to the people on call, who cannot mend it.',
    todo: `List the id of at least one person under "administrators" in ${nameOf(file)}.`,
  };
}

function noTimeZone(file: string): DoctorFinding {
  return {
    id: 'rosterTimeZone',
    severity: 'warning',
    what: 'The roster names no time zone that is one.',
    why: 'Alerts give the time of a call in UTC, which is misread at night.',
    todo: `Set the timeZone of the team in ${nameOf(file)}, such as America/New_York.`,
  };
}

function nameOf(file: string): string {
  return file.split(/[\\/]/).at(-1) || file;
}

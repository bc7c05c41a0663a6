import { readFile } from 'node:fs/promises';
import { errorCodeOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import type { Roster, Team } from '../../shared/oncall/roster.ts';
import { rosterJsonSchema } from '../../shared/oncall/rosterDocument.ts';
import { createRosterSource, type RosterSource } from '../../shared/pipeline/rosterSource.ts';
import type { RosterStore, RosterVersion } from '../../shared/store/rosterStore.ts';
import type { Terminal } from '../signInCommand.ts';
import { toContactCard } from './contactCard.ts';
import { judgeRosterFile } from './rosterFile.ts';
import { readTime, timeText } from './rosterTimes.ts';
import { showRoster } from './showRoster.ts';
import { showTemplates } from './showTemplates.ts';
import { siteNotes, whereIsPlace } from './whereIsPlace.ts';
import { showWhoIsTold, whoIsTold } from './whoIsTold.ts';

export type RosterAction =
  | { name: 'show'; json: boolean }
  | { name: 'check'; file: string }
  | { name: 'import'; file: string }
  | { name: 'export'; version: number | null }
  | {
      name: 'who';
      at: string | null;
      team: string | null;
      /** For a call from a location, under an emergency calling policy. */
      place?: string | null;
      policy?: string | null;
      json: boolean;
    }
  | { name: 'vcard'; contact: string }
  | { name: 'schema' };

/** What the command works with. */
export interface RosterContext {
  /** `null` where the settings name no storage: then only the file is there. */
  store: RosterStore | null;
  /** As the setting ROSTER_FILE names it. */
  file: string;
  /** Numbers that alerts come from, and how many senders are no numbers. Throws in an administrator's words. */
  senders(): Promise<{ numbers: string[]; others: number }>;
  /** Who imports, as this machine knows them. */
  user: string | null;
  log: Logger;
}

type Speaker = Pick<Terminal, 'write' | 'writeError' | 'now'>;

const VERSIONS_SHOWN = 5;

/**
 * Runs one action and returns the exit code: 0 done, 1 refused with the reason. Throws in an administrator's words when
 * something cannot be looked at.
 */
export async function rosterCommand(action: RosterAction, context: RosterContext, terminal: Speaker): Promise<0 | 1> {
  const say = (lines: readonly string[]) => terminal.write(`${lines.join('\n')}\n`);
  switch (action.name) {
    case 'check':
      return check(action.file, terminal, say);
    case 'import':
      return importFile(action.file, context, terminal, say);
    case 'show':
      return show(context, terminal, say, action.json);
    case 'export':
      say([JSON.stringify(await documentOf(context, terminal, action.version), null, 2)]);
      return 0;
    case 'who':
      return who(action, context, terminal, say);
    case 'vcard':
      return vcard(action.contact, context, terminal);
    case 'schema':
      say([JSON.stringify(rosterJsonSchema(), null, 2)]);
      return 0;
  }
}

type Say = (lines: readonly string[]) => void;

async function check(file: string, { writeError, now }: Speaker, say: Say): Promise<0 | 1> {
  const judged = await judgeRosterFile(file, now());
  if ('refused' in judged) return refuse(file, judged.refused, writeError);
  const { people, teams, rotations, sites } = judged.roster;
  const count = (list: readonly unknown[], one: string, many: string) =>
    `${list.length} ${list.length === 1 ? one : many}`;
  say([
    `${file} is good: ${count(people, 'person', 'people')}, ${count(teams, 'team', 'teams')}, ${count(rotations, 'rotation', 'rotations')}${sites.length === 0 ? '' : `, ${count(sites, 'site', 'sites')}`}.`,
    'Each step of each team has somebody at every moment from now on.',
    ...siteNotes(judged.roster),
    ...showTemplates(teams),
  ]);
  return 0;
}

function refuse(file: string, reasons: readonly string[], writeError: Speaker['writeError']): 1 {
  writeError(`${[`${file} is refused:`, ...reasons.map((reason) => `  ${reason}`)].join('\n')}\n`);
  return 1;
}

async function importFile(file: string, context: RosterContext, terminal: Speaker, say: Say): Promise<0 | 1> {
  const judged = await judgeRosterFile(file, terminal.now());
  if ('refused' in judged) return refuse(file, judged.refused, terminal.writeError);
  const store = storeOf(context);
  const [newest] = await asked(store.list(1));
  if (newest && JSON.stringify(newest.document) === JSON.stringify(judged.document)) {
    say([`Nothing changed: version ${newest.version} is the same.`]);
    return 0;
  }
  const importedAt = terminal.now().toISOString();
  const roster = { document: judged.document, importedAt, importedBy: context.user };
  const made = await asked(
    store.insert(newest?.version ?? 0, roster),
    'Whether the roster was stored is not known: look with npm run roster -- show.',
  );
  if (made === null) {
    return refuse(
      file,
      ['Somebody else has imported a roster just now. Look at it (show), then import again.'],
      terminal.writeError,
    );
  }
  say([
    `Version ${made.version} of the roster is stored. New calls are told by it within a minute; calls that have begun keep their steps.`,
    ...(newest
      ? [`Back to the one before: npm run roster -- export --version ${newest.version} --out FILE, and import that.`]
      : []),
  ]);
  return 0;
}

async function show(context: RosterContext, terminal: Speaker, say: Say, isJson: boolean): Promise<0 | 1> {
  const source = await openSource(context, terminal);
  const used = source.current();
  const problems = source.problems();
  // That the table cannot be read is one of the problems.
  const versions = (await context.store?.list(VERSIONS_SHOWN).catch(() => null)) ?? [];
  const listed = versions.map(({ version, importedAt, importedBy }) => ({ version, importedAt, importedBy }));
  if (isJson) {
    const document = { origin: used?.origin ?? null, problems, versions: listed, roster: used?.roster ?? null };
    say([JSON.stringify(document, null, 2)]);
    return used ? 0 : 1;
  }
  const zone = used ? (defaultTeamOf(used.roster)?.timeZone ?? 'UTC') : 'UTC';
  say([
    `${originText(used, context.file)}, at ${timeText(terminal.now(), zone)} (${zone})`,
    ...problems.map(({ name, problem }) => `PROBLEM  ${name}: ${problem}`),
    '',
    ...(used ? showRoster(used.roster, terminal.now()) : ['Only the last-resort numbers of the settings are told.']),
    ...(listed.length > 0 ? ['', 'Versions', ...listed.map((one) => `  ${versionText(one, zone)}`)] : []),
  ]);
  return used ? 0 : 1;
}

function originText(used: ReturnType<RosterSource['current']>, file: string): string {
  switch (used?.origin.kind) {
    case undefined:
      return 'There is no roster that can be told';
    case 'table':
      return `Version ${used?.origin.version} of the roster`;
    case 'file':
      return `The roster of ${file}; nothing is imported`;
    case 'part':
      return `What can be used of the roster in ${used?.origin.of === 'file' ? file : 'the table'}`;
  }
}

function versionText({ version, importedAt, importedBy }: Omit<RosterVersion, 'document'>, zone: string): string {
  if (importedAt === null) return `${version}  cannot be read`;
  return `${version}  ${timeText(new Date(importedAt), zone)}${importedBy === null ? '' : ` by ${importedBy}`}`;
}

/** What was imported, as it was written; `null` for what is told now. */
async function documentOf(context: RosterContext, terminal: Speaker, wanted: number | null): Promise<unknown> {
  const used = wanted === null ? (await openSource(context, terminal)).current() : null;
  const version = wanted ?? (used?.origin.kind === 'table' ? used.origin.version : null);
  if (version === null) return JSON.parse(await readFile(context.file, 'utf8'));
  const versions = await asked(storeOf(context).list(Number.POSITIVE_INFINITY));
  const found = versions.find((one) => one.version === version);
  if (!found || found.importedAt === null) throw new Error(`There is no version ${version} that can be read`);
  return found.document;
}

async function who(
  { at, team: wanted, place = null, policy = null, json }: Extract<RosterAction, { name: 'who' }>,
  context: RosterContext,
  terminal: Speaker,
  say: Say,
): Promise<0 | 1> {
  const source = await openSource(context, terminal);
  const used = source.current();
  if (!used) throw new Error('There is no roster that can be told: only the last-resort numbers of the settings are');
  const { roster } = used;
  if (place === null && policy !== null) throw new Error('--policy says something only with --place');
  if (place !== null && wanted !== null) throw new Error('--place finds the team itself: leave --team out');
  const there = place === null ? null : whereIsPlace(roster, place, policy);
  const teams = there !== null ? [there.team] : wanted === null ? roster.teams : [teamNamed(roster, wanted)];
  const zone = (wanted === null ? defaultTeamOf(roster) : teams[0])?.timeZone ?? 'UTC';
  const report = whoIsTold(roster, teams, at === null ? terminal.now() : readTime(at, zone));
  for (const { name, problem } of source.problems()) terminal.writeError(`PROBLEM  ${name}: ${problem}\n`);
  const document = there === null ? report : { call: there.report, ...report };
  say(json ? [JSON.stringify(document, null, 2)] : [...(there ? [...there.lines, ''] : []), ...showWhoIsTold(report)]);
  return 0;
}

function teamNamed({ teams }: Roster, wanted: string): Team {
  const same = (text: string) => text.toLowerCase() === wanted.trim().toLowerCase();
  const team = teams.find(({ id }) => same(id)) ?? teams.find(({ name }) => same(name));
  if (!team) throw new Error(`There is no team ${wanted}: they are ${teams.map(({ id }) => id).join(', ')}`);
  return team;
}

function defaultTeamOf({ teams, defaultTeam }: Roster): Team | undefined {
  return teams.find(({ id }) => id === defaultTeam);
}

async function vcard(contact: string, context: RosterContext, terminal: Speaker): Promise<0 | 1> {
  const { numbers, others } = await context.senders();
  if (others > 0) {
    terminal.writeError(`${others} senders are short codes or names, which no card can hold: add them by hand.\n`);
  }
  if (numbers.length === 0) throw new Error('There is no number that alerts come from');
  terminal.write(toContactCard(contact, numbers));
  return 0;
}

async function openSource({ store, file, log }: RosterContext, { now }: Speaker): Promise<RosterSource> {
  const source = createRosterSource(store, file, log, now);
  await source.refresh();
  return source;
}

function storeOf({ store }: RosterContext): RosterStore {
  if (!store) throw new Error('AlertStorage is missing: without it a roster can be stored nowhere');
  return store;
}

async function asked<T>(answer: Promise<T>, consequence = 'Nothing was changed.'): Promise<T> {
  try {
    return await answer;
  } catch (caught) {
    throw new Error(`The storage of the product did not answer (${errorCodeOf(caught)}). ${consequence}`, {
      cause: caught,
    });
  }
}

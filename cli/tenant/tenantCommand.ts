import type { TenantStore, TenantVersion } from '../../shared/store/tenantStore.ts';
import { diffConfigs } from '../../shared/tenant/configDiff.ts';
import { impactOf } from '../../shared/tenant/configImpact.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { ageOf, DAY_MS, durationText } from '../../shared/watch/duration.ts';
import { MOST_AGE_MS } from '../../shared/watch/tenantCheck.ts';
import type { Terminal } from '../signInCommand.ts';
import { showDiff, showImpact } from './showDiff.ts';
import { BrokenExportError, fromStorage, readExportDirectory, readStoredConfig, storeOf } from './tenantSource.ts';

export type TenantAction =
  | { name: 'import'; directory: string; isOlderTaken: boolean }
  | { name: 'show'; json: boolean }
  | { name: 'diff'; directory: string | null; impact: boolean; json: boolean };

export interface TenantContext {
  /** `null` where the settings name no storage. */
  store: TenantStore | null;
  /** Of the settings; `null` where they name none. */
  tenantId: string | null;
  /** Who imports, as this machine knows them. */
  user: string | null;
}

type Speaker = Pick<Terminal, 'write' | 'writeError' | 'now'>;

const VERSIONS_SHOWN = 10;

/**
 * Runs one action and returns the exit code: 0 done, 1 refused with the reason, or a loss that `diff --impact` found.
 * Throws in an administrator's words when something cannot be looked at.
 */
export async function tenantCommand(action: TenantAction, context: TenantContext, terminal: Speaker): Promise<0 | 1> {
  try {
    switch (action.name) {
      case 'import':
        return await importExport(action, context, terminal);
      case 'show':
        return await show(action.json, context, terminal);
      case 'diff':
        return await diff(action, context, terminal);
    }
  } catch (caught) {
    if (!(caught instanceof BrokenExportError)) throw caught;
    return refuse([`${caught.message}.`, ...caught.lines.map((line) => `  ${line}`)], terminal);
  }
}

function refuse(lines: readonly string[], { writeError }: Speaker): 1 {
  writeError(`${lines.join('\n')}\n`);
  return 1;
}

async function importExport(
  { directory, isOlderTaken }: Extract<TenantAction, { name: 'import' }>,
  context: TenantContext,
  terminal: Speaker,
): Promise<0 | 1> {
  const store = storeOf(context.store);
  const config = await readExportDirectory(directory);
  const unreadable: number[] = [];
  const [before, [latest]] = await fromStorage(
    Promise.all([store.newest(), store.list(1, (version) => unreadable.push(version))]),
  );
  const reason = whyNot(config, before?.version ?? null, context, terminal.now(), isOlderTaken);
  if (reason !== null) return refuse([`${directory} is refused: ${reason}`], terminal);
  const by = { importedAt: terminal.now().toISOString(), importedBy: context.user };
  const made = await fromStorage(
    store.insert(Math.max(latest?.version ?? 0, ...unreadable), config, by),
    'Whether the configuration was stored is not known: look with npm run tenant -- show.',
  );
  if (made === null) {
    return refuse(
      ['Somebody else has imported a configuration just now. Look at it (show), then import again.'],
      terminal,
    );
  }
  const changes = before === null ? [] : ['', ...showDiff(diffConfigs(before.config, config))];
  terminal.write(
    `${[`Version ${made.version} of the configuration is stored, exported ${made.exportedAt}.`, ...countLines(made), ...changes].join('\n')}\n`,
  );
  return 0;
}

/** `null` when it may be imported. */
function whyNot(
  { manifest }: TenantConfig,
  before: TenantVersion | null,
  { tenantId }: TenantContext,
  now: Date,
  isOlderTaken: boolean,
): string | null {
  const known = tenantId?.toLowerCase() ?? before?.tenantId ?? null;
  if (known !== null && manifest.tenantId !== known) {
    return `it is of tenant ${manifest.tenantId}, and this deployment serves ${known}.`;
  }
  if (ageOf(new Date(manifest.exportedAt), now) < -DAY_MS)
    return `it was exported ${manifest.exportedAt}, which is to come.`;
  if (before !== null && manifest.exportedAt < before.exportedAt && !isOlderTaken) {
    return `version ${before.version} was exported later, ${before.exportedAt}. To go back to this one, add --older.`;
  }
  return null;
}

async function show(isJson: boolean, context: TenantContext, terminal: Speaker): Promise<0 | 1> {
  const store = storeOf(context.store);
  const newest = await fromStorage(store.newest());
  const versions = await fromStorage(store.list(VERSIONS_SHOWN, () => undefined));
  if (isJson) {
    const document = { inForce: newest?.version ?? null, damaged: newest?.damaged ?? [], versions };
    terminal.write(`${JSON.stringify(document, null, 2)}\n`);
  } else terminal.write(`${showLines(newest, versions, terminal.now()).join('\n')}\n`);
  return newest === null ? 1 : 0;
}

function showLines(
  newest: { version: TenantVersion; damaged: number[] } | null,
  versions: readonly TenantVersion[],
  now: Date,
): string[] {
  if (newest === null) {
    const damaged = versions.length === 0 ? '' : ` (${versions.length} stored ones cannot be read)`;
    return [`No configuration is in force${damaged}: npm run tenant -- import DIR`];
  }
  const { version, damaged } = newest;
  const age = ageOf(new Date(version.exportedAt), now);
  const old = age > MOST_AGE_MS ? ': too old, export and import again' : '';
  return [
    `Version ${version.version} is in force: ${version.tenantName ?? version.tenantId} (${version.cloud}), exported ${version.exportedAt}, ${durationText(age)} ago${old}`,
    ...damaged.map((one) => `PROBLEM  version ${one} cannot be read: import again`),
    '',
    ...countLines(version),
    '',
    'Versions',
    ...versions.map(
      (one) =>
        `  ${one.version}  imported ${one.importedAt}${one.importedBy === null ? '' : ` by ${one.importedBy}`}, exported ${one.exportedAt}`,
    ),
  ];
}

function countLines({ counts }: TenantVersion): string[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(
      ([name, count]) =>
        `  ${String(count).padStart(9)}  ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`,
    );
}

async function diff(
  { directory, impact: isImpactAsked, json }: Extract<TenantAction, { name: 'diff' }>,
  context: TenantContext,
  terminal: Speaker,
): Promise<0 | 1> {
  const { before, after, title } = await twoConfigs(directory, context);
  const changes = diffConfigs(before, after);
  const impact = isImpactAsked ? impactOf(before, after) : null;
  if (json) terminal.write(`${JSON.stringify({ title, changes, impact }, null, 2)}\n`);
  else {
    const impactLines = impact === null ? [] : ['', ...showImpact(impact)];
    terminal.write(`${[title, '', ...showDiff(changes), ...impactLines].join('\n')}\n`);
  }
  return impact !== null && impact.losses.length > 0 ? 1 : 0;
}

/** The one in force and what is in the folder; without a folder the one before and the one in force. */
async function twoConfigs(directory: string | null, { store }: TenantContext) {
  const { version, config } = await readStoredConfig(store);
  if (directory !== null) {
    const after = await readExportDirectory(directory);
    return {
      before: config,
      after,
      title: `From version ${version.version} (${version.exportedAt}) to ${directory} (${after.manifest.exportedAt})`,
    };
  }
  const versions = await fromStorage(storeOf(store).list(VERSIONS_SHOWN, () => undefined));
  const earlier = versions.find((one) => one.version < version.version);
  if (!earlier) throw new Error(`Version ${version.version} is the only one: name the folder of an export, diff DIR`);
  const before = await fromStorage(storeOf(store).read(earlier));
  return {
    before,
    after: config,
    title: `From version ${earlier.version} (${earlier.exportedAt}) to version ${version.version} (${version.exportedAt})`,
  };
}

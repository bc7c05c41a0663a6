import type { Buffer } from 'node:buffer';
import { isObject } from '../../emergency/jsonValue.ts';
import { emptyConfig } from '../emptyConfig.ts';
import { GLOBAL } from '../policyConfig.ts';
import type { ExportManifest, TenantConfig } from '../tenantConfig.ts';
import { cmdletOf, EXPORT_FILES, type ExportFile } from './exportFiles.ts';
import { createPropertySorter, ExportRow } from './exportRow.ts';
import { toUtf8 } from './exportText.ts';
import { type ConfigFault, createFaultList, type FaultList } from './faults.ts';
import { readRows } from './jsonRows.ts';
import { MANIFEST_FILE, readManifest } from './manifest.ts';

/** Where an export is. */
export interface ExportSource {
  /** The size of each file, in bytes. */
  sizes: ReadonlyMap<string, number>;
  read(file: string): Promise<Buffer>;
}

/**
 * A file of 200,000 ports has 60 MB at most, twice that in UTF-16. What is larger is no export, and is not read: whoever
 * imports has a few hundred megabytes.
 */
const MAX_FILE_BYTES = 128 * 1024 * 1024;

/** Reads an export, or says everything that is wrong with it. One file at a time is in memory beside the result. */
export async function readTenantExport(
  source: ExportSource,
): Promise<{ config: TenantConfig } | { faults: ConfigFault[]; count: number }> {
  const faults = createFaultList();
  const manifest = await manifestOf(source, faults);
  const config = manifest && emptyConfig(manifest);
  if (config) for (const one of EXPORT_FILES) await readFile(source, one, config, faults);
  return config && faults.count() === 0 ? { config } : { faults: faults.list(), count: faults.count() };
}

async function manifestOf(source: ExportSource, faults: FaultList): Promise<ExportManifest | null> {
  const bytes = await bytesOf(source, MANIFEST_FILE, faults);
  if (bytes === null) return null;
  const read = readManifest(bytes);
  if ('manifest' in read) return read.manifest;
  for (const { path, problem } of read.faults) faults.add(MANIFEST_FILE, path, problem);
  return null;
}

async function bytesOf({ sizes, read }: ExportSource, file: string, faults: FaultList): Promise<Buffer | null> {
  const size = sizes.get(file);
  if (size === undefined) {
    faults.add(file, '', 'is missing: make the export again with scripts/Export-TeamsEmergencyConfig.ps1');
    return null;
  }
  if (size > MAX_FILE_BYTES) {
    const mb = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
    faults.add(
      file,
      '',
      `has ${mb(size)}, and no file of an export has more than ${mb(MAX_FILE_BYTES)}: it was not read`,
    );
    return null;
  }
  return read(file);
}

async function readFile(
  source: ExportSource,
  exported: ExportFile,
  config: TenantConfig,
  faults: FaultList,
): Promise<void> {
  const { file, cmdlet } = exported;
  const bytes = await bytesOf(source, file, faults);
  if (bytes === null) return;
  const text = toUtf8(bytes);
  if ('problem' in text) return faults.add(file, '', text.problem);
  const faultsBefore = faults.count();
  const { count, isOther } = takeRows(text.utf8, exported, config, faults);
  if (isOther || faults.count() > faultsBefore) return;
  const expected = config.manifest.files.find((one) => one.file === file);
  if (!expected) faults.add(MANIFEST_FILE, 'files', `does not name ${file}: files of several exports are mixed`);
  else if (expected.cmdlet !== cmdlet) faults.add(MANIFEST_FILE, 'files', `says that ${file} is of ${expected.cmdlet}`);
  else if (expected.count !== count) {
    faults.add(
      file,
      '',
      `holds ${count} objects, and the manifest says ${expected.count}: it is cut off, or of another export`,
    );
  }
}

function takeRows(utf8: Buffer, exported: ExportFile, config: TenantConfig, faults: FaultList) {
  const { file } = exported;
  const sort = createPropertySorter(exported.names);
  const ids = new Map<string, number>();
  const onFault = (path: string, problem: string) => faults.add(file, path, problem);
  let count = 0;
  let isOther = false;
  readRows(utf8, {
    fault: onFault,
    row(value, index) {
      const path = index === null ? '' : `[${index}]`;
      if (isOther) return;
      if (!isObject(value)) return onFault(path, 'must be an object');
      const problem = count === 0 ? otherCmdlet(value, exported) : null;
      if (problem !== null) {
        isOther = true;
        return onFault('', problem);
      }
      count += 1;
      const id = exported.take(new ExportRow(sort(value), path, onFault), config);
      if (id === null) return;
      const first = ids.get(id);
      if (first === undefined) ids.set(id, index ?? 0);
      else onFault(path, `has the same id as [${first}]`);
    },
  });
  if (!isOther && exported.isPolicyOfEmergency && !ids.has(GLOBAL.toLowerCase())) {
    onFault('', `does not hold the policy ${GLOBAL}, which every tenant has: the export is not whole`);
  }
  return { count, isOther };
}

/** What is wrong with a file whose first object is not of its cmdlet. */
function otherCmdlet(value: object, { cmdlet, signature }: ExportFile): string | null {
  const properties = Object.keys(value);
  const found = cmdletOf(properties);
  if (found === cmdlet) return null;
  if (found !== null) return `holds what ${found} gives, not ${cmdlet}`;
  const has = new Set(properties.map((name) => name.toLowerCase()));
  const missing = signature.filter((name) => !has.has(name.toLowerCase()));
  return `does not hold what ${cmdlet} gives: its objects have no ${missing.join(', ')}`;
}

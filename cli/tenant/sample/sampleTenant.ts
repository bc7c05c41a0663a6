import { EXPORT_FILES } from '../../../shared/tenant/reading/exportFiles.ts';
import { createContoso } from './contoso.ts';
import { deskFaults } from './deskFaults.ts';
import { createGround } from './fault.ts';
import { locationFaults, networkFaults } from './networkFaults.ts';
import { mobileFaults, numberFaults } from './numberFaults.ts';
import { applyPatch, type Patch, type Rows } from './patch.ts';
import { routingFaults } from './routingFaults.ts';
import { sharedNumberFaults, sharedUserFaults } from './sharedCallingFaults.ts';

/** A fault of the sample, as `faults.json` lists it. */
export interface SampleFault {
  /** The rule of the audit that finds it. */
  rule: string;
  /** As the audit names it. */
  object: string;
  planted: string;
  /** What takes it out of the data again, in this order. */
  mend: Patch[];
}

export const SAMPLE_SEED = 40;
export const FAULTS_FILE = 'faults.json';

/** Contoso with its faults. The same seed gives the same. */
export function createSampleTenant(seed: number): { rows: Rows; faults: SampleFault[] } {
  const contoso = createContoso(seed);
  const ground = createGround(contoso.places, contoso.rows);
  const plants = [
    deskFaults,
    locationFaults,
    networkFaults,
    routingFaults,
    sharedNumberFaults,
    sharedUserFaults,
    mobileFaults,
    numberFaults,
  ].flatMap((choose) => choose(ground));
  let { rows } = contoso;
  const faults = plants.map(({ patches, ...plant }) => {
    const mend: Patch[] = [];
    for (const patch of patches) {
      const applied = applyPatch(rows, patch);
      rows = applied.rows;
      mend.unshift(applied.undo);
    }
    return { ...plant, mend };
  });
  return { rows, faults };
}

/** The files of an export of these rows, as the export script writes them: one row a line. */
export function sampleFiles(rows: Rows): ReadonlyMap<string, string> {
  const lists = EXPORT_FILES.map(({ file, cmdlet }) => ({ file, cmdlet, list: rows.get(cmdlet) ?? [] }));
  const manifest = {
    formatVersion: 1,
    exportedAt: '2026-03-14T08:00:00.0000000Z',
    tenantId: '7f6c0e1e-0000-4000-8000-000000000001',
    tenantName: 'Contoso',
    cloud: 'Commercial',
    moduleVersion: '6.9.0',
    files: lists.map(({ file, cmdlet, list }) => ({ file, cmdlet, count: list.length })),
  };
  return new Map([
    ...lists.map(({ file, list }) => [file, linesOf(list)] as const),
    ['manifest.json', `${JSON.stringify(manifest, null, 2)}\n`],
  ]);
}

export function linesOf(list: readonly unknown[]): string {
  return list.length === 0 ? '[]\n' : `[\n${list.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`;
}

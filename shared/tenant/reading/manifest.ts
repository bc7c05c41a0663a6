import type { Buffer } from 'node:buffer';
import * as z from 'zod';
import type { ExportManifest } from '../tenantConfig.ts';
import { toUtf8 } from './exportText.ts';

export const MANIFEST_FILE = 'manifest.json';

const text = z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') }).trim();
const needed = text.min(1, 'is empty');

const manifestSchema = z.object({
  formatVersion: z.literal(1, 'must be 1: this export was made by another version of the script'),
  exportedAt: z.iso.datetime({ offset: true, error: 'must be a date and time, such as 2026-03-14T08:00:00Z' }),
  tenantId: needed.toLowerCase(),
  tenantName: text.nullable().default(null),
  cloud: needed,
  moduleVersion: needed,
  files: z.array(
    z.object({ file: needed, cmdlet: needed, count: z.int('must be a whole number').min(0) }),
    'must be a list',
  ),
});

/** `faults` have a path within the manifest, and a problem. */
export function readManifest(
  bytes: Buffer,
): { manifest: ExportManifest } | { faults: { path: string; problem: string }[] } {
  const text = toUtf8(bytes);
  if ('problem' in text) return { faults: [{ path: '', problem: text.problem }] };
  let document: unknown;
  try {
    document = JSON.parse(text.utf8.toString('utf8'));
  } catch {
    return { faults: [{ path: '', problem: 'is no JSON: is it cut off?' }] };
  }
  const { success, data, error } = manifestSchema.safeParse(document);
  if (!success)
    return { faults: error.issues.map(({ path, message }) => ({ path: path.join('.'), problem: message })) };
  return { manifest: { ...data, exportedAt: new Date(data.exportedAt).toISOString() } };
}

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where on the PATH this program stands; `undefined` where it is missing. */
export function programOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(existsSync);
}

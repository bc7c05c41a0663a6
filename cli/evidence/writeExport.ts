import { createHash } from 'node:crypto';
import { access, open, rename, rm } from 'node:fs/promises';

/** What was written, to be compared later. */
export interface Written {
  bytes: number;
  /** Hex, of the bytes as they were written. */
  sha256: string;
}

/** Throws, in a sentence, when something stands under one of these names: evidence is never written over. */
export async function refuseExisting(...paths: string[]): Promise<void> {
  for (const path of paths) {
    if (await isThere(path)) throw new Error(`${path} is there already and is not written over: choose another name.`);
  }
}

/** Writes the text to a file that only its owner can read, under its name once it is whole. */
export async function writeWhole(path: string, text: AsyncIterable<string>): Promise<Written> {
  const partial = `${path}.partial`;
  const file = await openNew(partial);
  try {
    const written = await writeAll(text, async (bytes) => {
      await file.writeFile(bytes);
    });
    await file.sync();
    await file.close();
    await rename(partial, path);
    return written;
  } catch (caught) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw caught;
  }
}

/** Hands the text on piece by piece, in UTF-8. */
export async function writeAll(
  text: AsyncIterable<string>,
  write: (bytes: Buffer) => Promise<void> | void,
): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of text) {
    const encoded = Buffer.from(part, 'utf8');
    hash.update(encoded);
    bytes += encoded.length;
    await write(encoded);
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function openNew(path: string) {
  try {
    return await open(path, 'w', 0o600);
  } catch (caught) {
    throw new Error(`${path} cannot be written (${(caught as { code?: string }).code}).`, { cause: caught });
  }
}

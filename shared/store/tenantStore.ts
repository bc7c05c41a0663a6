import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import type { TableClient } from '@azure/data-tables';
import { errorCodeOf } from '../errors.ts';
import { countsOf, createLineReader, toLines } from '../tenant/configLines.ts';
import type { TenantConfig } from '../tenant/tenantConfig.ts';
import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import { removeRows } from './removeRows.ts';
import { type StorageClients, withinStorageTimeout } from './storageClients.ts';
import { isNotFound } from './storageErrors.ts';

/** A tenant's configuration as it was imported. Versions count from 1; none is ever changed. Times are ISO 8601, UTC. */
export interface TenantVersion {
  version: number;
  importedAt: string;
  /** Who, as their machine knows them; `null` where it does not. */
  importedBy: string | null;
  exportedAt: string;
  tenantId: string;
  tenantName: string | null;
  cloud: string;
  moduleVersion: string;
  /** Objects of each kind. */
  counts: Record<string, number>;
  /** Where its parts are: the partition, how many, and what they must be. */
  content: { partition: string; parts: number; sha256: string };
}

export interface TenantStore {
  /** The newest first. `onUnreadable` is told of rows that cannot be read. */
  list(limit: number, onUnreadable?: (version: number) => void): Promise<TenantVersion[]>;
  /**
   * Adds the version after `after` (0 for the first), and removes what is older than the last ten. The version is there
   * once all of it is: a process that dies in between leaves the one before in force. `null` when somebody else has
   * added it meanwhile.
   */
  insert(
    after: number,
    config: TenantConfig,
    by: Pick<TenantVersion, 'importedAt' | 'importedBy'>,
  ): Promise<TenantVersion | null>;
  /** Throws {@link DamagedConfigError} when a part is missing or was changed. */
  read(version: TenantVersion): Promise<TenantConfig>;
  /** Whether all its parts are there, without reading them. */
  isWhole(version: TenantVersion): Promise<boolean>;
  /**
   * The newest that can be read, so that a damaged one leaves the one before in force; `null` where there is none.
   * `damaged` are the versions after it. Throws when the storage does not answer.
   */
  newest(): Promise<{ version: TenantVersion; config: TenantConfig; damaged: number[] } | null>;
}

/** A stored configuration that is no longer what was stored. */
export class DamagedConfigError extends Error {
  override readonly name = 'DamagedConfigError';
}

const VERSIONS = 'version';
const LATEST = 99_999_999;
const MOST_VERSIONS = 10;
const PARTS = 'part-';
/** Both below the limit of a binary property, 64 KiB, and small enough to be sent within the time of one request. */
const PROPERTY_BYTES = 63 * 1024;
const PROPERTIES_OF_A_PART = 4;
const PART_BYTES = PROPERTY_BYTES * PROPERTIES_OF_A_PART;
const AT_ONCE = 4;
const PART_VERSION = 1;

export function createTenantStore(clients: StorageClients): TenantStore {
  const client = clients.table('TenantConfig');
  const table: JsonTable<TenantVersion> = createJsonTable(client, 1);
  const list: TenantStore['list'] = async (limit, onUnreadable) => {
    const rows = await table.list(`PartitionKey eq ${quoted(VERSIONS)}`, limit, (rowKey) =>
      onUnreadable?.(LATEST - Number(rowKey)),
    );
    const isReadable = ({ value }: { value: TenantVersion }) => typeof value?.content?.partition === 'string';
    for (const { rowKey } of rows.filter((row) => !isReadable(row))) onUnreadable?.(LATEST - Number(rowKey));
    return rows.filter(isReadable).map(({ value }) => value);
  };
  const read: TenantStore['read'] = (version) => readContent(client, version.content);
  return {
    list,
    read,
    async insert(after, config, by) {
      const partition = `${PARTS}${String(Date.parse(by.importedAt)).padStart(13, '0')}-${randomBytes(6).toString('hex')}`;
      const content = await writeContent(client, partition, config);
      const { exportedAt, tenantId, tenantName, cloud, moduleVersion } = config.manifest;
      const described = { exportedAt, tenantId, tenantName, cloud, moduleVersion, counts: countsOf(config), content };
      const version: TenantVersion = { version: after + 1, ...by, ...described };
      const row = await table.insert(VERSIONS, rowKeyOf(version.version), version);
      if (row === null) await removeRows(client, `PartitionKey eq ${quoted(partition)}`, content.parts);
      else await removeOlder(client, await list(MOST_VERSIONS + 1));
      return row?.value ?? null;
    },
    async isWhole({ content }) {
      const filter = `PartitionKey eq ${quoted(content.partition)}`;
      const queryOptions = { filter, select: ['PartitionKey', 'RowKey'] };
      let parts = 0;
      for await (const page of client.listEntities({ queryOptions, ...withinStorageTimeout() }).byPage()) {
        parts += page.length;
      }
      return parts === content.parts;
    },
    async newest() {
      const damaged: number[] = [];
      for (const version of await list(MOST_VERSIONS, (unreadable) => damaged.push(unreadable))) {
        try {
          const config = await read(version);
          return { version, config, damaged: damaged.filter((one) => one > version.version).sort((a, b) => b - a) };
        } catch (caught) {
          if (!(caught instanceof DamagedConfigError)) throw caught;
          damaged.push(version.version);
        }
      }
      return null;
    },
  };
}

/** Counted backwards, so that the newest is listed first. */
function rowKeyOf(version: number): string {
  return String(LATEST - version).padStart(8, '0');
}

async function writeContent(
  client: TableClient,
  partition: string,
  config: TenantConfig,
): Promise<TenantVersion['content']> {
  const packed = await pack(config);
  const parts = Math.max(1, Math.ceil(packed.length / PART_BYTES));
  for (let first = 0; first < parts; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, parts - first) }, (_, i) => first + i);
    await Promise.all(numbers.map((n) => writePart(client, partition, n, packed)));
  }
  return { partition, parts, sha256: createHash('sha256').update(packed).digest('hex') };
}

/** Line by line: as one text a large configuration would take its size several times. */
async function pack(config: TenantConfig): Promise<Buffer> {
  const gzip = createGzip();
  const [packed] = await Promise.all([buffer(gzip), pipeline(Readable.from(withBreaks(toLines(config))), gzip)]);
  return packed;
}

function* withBreaks(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

async function writePart(client: TableClient, partitionKey: string, n: number, packed: Buffer): Promise<void> {
  const part = packed.subarray(n * PART_BYTES, (n + 1) * PART_BYTES);
  const count = Math.ceil(part.length / PROPERTY_BYTES);
  const properties = Array.from({ length: count }, (_, i): [string, Uint8Array] => [
    `packed${i}`,
    part.subarray(i * PROPERTY_BYTES, (i + 1) * PROPERTY_BYTES),
  ]);
  const entity = { partitionKey, rowKey: partKey(n), schemaVersion: PART_VERSION, ...Object.fromEntries(properties) };
  await client.upsertEntity(entity, 'Replace', withinStorageTimeout());
}

function partKey(n: number): string {
  return String(n).padStart(6, '0');
}

async function readContent(client: TableClient, content: TenantVersion['content']): Promise<TenantConfig> {
  const { partition, parts, sha256 } = content;
  const pieces: Buffer[] = [];
  for (let first = 0; first < parts; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, parts - first) }, (_, i) => first + i);
    pieces.push(...(await Promise.all(numbers.map((n) => readPart(client, partition, n)))));
  }
  const packed = Buffer.concat(pieces);
  if (createHash('sha256').update(packed).digest('hex') !== sha256) {
    throw new DamagedConfigError('A stored configuration is not what was stored');
  }
  return unpack(await promisify(gunzip)(packed));
}

async function readPart(client: TableClient, partition: string, n: number): Promise<Buffer> {
  const entity = await getPart(client, partition, n);
  const pieces: Uint8Array[] = [];
  for (let piece = entity.packed0; piece instanceof Uint8Array; piece = entity[`packed${pieces.length}`]) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function getPart(client: TableClient, partition: string, n: number): Promise<Record<string, unknown>> {
  try {
    return await client.getEntity(partition, partKey(n), withinStorageTimeout());
  } catch (caught) {
    if (isNotFound(caught)) throw new DamagedConfigError('A part of a stored configuration is missing');
    throw caught;
  }
}

/** Whoever reads may have calls to look after: after each line it is their turn. */
async function unpack(text: Buffer): Promise<TenantConfig> {
  const reader = createLineReader();
  try {
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf(0x0a, start);
      const end = newline < 0 ? text.length : newline;
      reader.take(text.toString('utf8', start, end));
      start = end + 1;
      await turn();
    }
    return reader.config();
  } catch (caught) {
    throw new DamagedConfigError(`A stored configuration cannot be read (${errorCodeOf(caught)})`, { cause: caught });
  }
}

/** Parts begin with the time of their import, so that those of imports that never ended go too. */
async function removeOlder(client: TableClient, versions: readonly TenantVersion[]): Promise<void> {
  const kept = versions.slice(0, MOST_VERSIONS);
  const tooOld = versions[MOST_VERSIONS];
  // Clocks differ: what was imported later may bear an earlier time.
  const [first] = kept.map(({ content }) => content.partition).sort();
  if (!tooOld || first === undefined) return;
  const rowKey = rowKeyOf(tooOld.version);
  await removeRows(client, `PartitionKey eq ${quoted(VERSIONS)} and RowKey ge ${quoted(rowKey)}`, MOST_VERSIONS);
  const before = `PartitionKey ge ${quoted(PARTS)} and PartitionKey lt ${quoted(first)}`;
  await removeRows(client, before, Number.MAX_SAFE_INTEGER);
}

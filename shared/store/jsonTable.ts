import { gunzipSync, gzipSync } from 'node:zlib';
import type { TableClient } from '@azure/data-tables';
import { withinStorageTimeout } from './storageClients.ts';
import { isConflict, isNotFound, isPreconditionFailed } from './storageErrors.ts';

/** A row as it was read; `etag` is what a conditional write must name. */
export interface Row<T> {
  partitionKey: string;
  rowKey: string;
  value: T;
  etag: string;
}

/** Columns kept beside the record, for filters of a query. */
export type Columns = Readonly<Record<string, string | number | boolean>>;

export interface JsonTable<T> {
  /** Insert if absent; `null` when the row is there already. */
  insert(partitionKey: string, rowKey: string, value: T, columns?: Columns): Promise<Row<T> | null>;
  get(partitionKey: string, rowKey: string): Promise<Row<T> | null>;
  /** Writes only if nobody changed the row since it was read. */
  replace(row: Row<unknown>, value: T, columns?: Columns): Promise<Row<T> | 'changed'>;
  upsert(partitionKey: string, rowKey: string, value: T, columns?: Columns): Promise<void>;
  /** With an etag only if unchanged. A row that is gone already counts as removed. */
  remove(partitionKey: string, rowKey: string, etag?: string): Promise<'removed' | 'changed'>;
  /**
   * In the order of the keys; at most `limit` rows. A row that is no JSON throws, unless `onUnreadable` is there to be
   * told of it.
   */
  list(filter: string, limit?: number, onUnreadable?: (rowKey: string) => void): Promise<Row<T>[]>;
}

// https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model: a string property
// holds 32 Ki characters (64 KiB in UTF-16), a binary one 64 KiB, a row 1 MiB. Half of it stays below the limit in
// whatever encoding it is counted.
const MAX_STRING_CHARS = 16 * 1024;
const MAX_BINARY_BYTES = 64 * 1024;
/** What fits into a row beside its keys and columns. */
const MAX_PACKED_BYTES = 15 * MAX_BINARY_BYTES;

/**
 * Rows that hold one record as JSON: in `json` where it fits into a property, else compressed and split over `packed0`,
 * `packed1`, …. Nothing is cut: what does not fit into a row throws a `RangeError`. Every row carries `schemaVersion`.
 * A row of another version is read through `upgrade`. A request that fails throws the client's own `RestError`.
 */
export function createJsonTable<T>(
  client: TableClient,
  schemaVersion: number,
  upgrade: (stored: unknown, version: number) => T = (stored) => stored as T,
): JsonTable<T> {
  const toValue = (stored: unknown, version: number): T =>
    version === schemaVersion ? (stored as T) : upgrade(stored, version);
  const toEntity = (partitionKey: string, rowKey: string, value: T, columns: Columns = {}) => ({
    ...columns,
    partitionKey,
    rowKey,
    schemaVersion,
    ...pack(JSON.stringify(value)),
  });
  const toRow = (entity: Readonly<Record<string, unknown>>): Row<T> => ({
    partitionKey: String(entity.partitionKey),
    rowKey: String(entity.rowKey),
    etag: String(entity.etag),
    value: toValue(JSON.parse(unpack(entity)), Number(entity.schemaVersion)),
  });

  const toRows = (entity: Readonly<Record<string, unknown>>, onUnreadable?: (rowKey: string) => void): Row<T>[] => {
    try {
      return [toRow(entity)];
    } catch (caught) {
      if (!onUnreadable) throw caught;
      onUnreadable(String(entity.rowKey));
      return [];
    }
  };

  return {
    async insert(partitionKey, rowKey, value, columns) {
      try {
        const entity = toEntity(partitionKey, rowKey, value, columns);
        const { etag } = await client.createEntity(entity, withinStorageTimeout());
        return { partitionKey, rowKey, value, etag: etag ?? '' };
      } catch (caught) {
        if (isConflict(caught)) return null;
        throw caught;
      }
    },

    async get(partitionKey, rowKey) {
      try {
        return toRow(await client.getEntity(partitionKey, rowKey, withinStorageTimeout()));
      } catch (caught) {
        if (isNotFound(caught)) return null;
        throw caught;
      }
    },

    async replace(row, value, columns) {
      const entity = toEntity(row.partitionKey, row.rowKey, value, columns);
      try {
        const { etag } = await client.updateEntity(entity, 'Replace', { etag: row.etag, ...withinStorageTimeout() });
        return { partitionKey: row.partitionKey, rowKey: row.rowKey, value, etag: etag ?? '' };
      } catch (caught) {
        if (isPreconditionFailed(caught) || isNotFound(caught)) return 'changed';
        throw caught;
      }
    },

    async upsert(partitionKey, rowKey, value, columns) {
      await client.upsertEntity(toEntity(partitionKey, rowKey, value, columns), 'Replace', withinStorageTimeout());
    },

    async remove(partitionKey, rowKey, etag) {
      try {
        await client.deleteEntity(partitionKey, rowKey, { ...(etag ? { etag } : {}), ...withinStorageTimeout() });
        return 'removed';
      } catch (caught) {
        if (isNotFound(caught)) return 'removed';
        if (isPreconditionFailed(caught)) return 'changed';
        throw caught;
      }
    },

    async list(filter, limit = Number.POSITIVE_INFINITY, onUnreadable) {
      const rows: Row<T>[] = [];
      const maxPageSize = Math.min(limit, 1_000);
      let continuationToken: string | undefined;
      do {
        // A page at a time, each within the limit of one request.
        const pages = client
          .listEntities({ queryOptions: { filter }, ...withinStorageTimeout() })
          .byPage({ maxPageSize, ...(continuationToken ? { continuationToken } : {}) });
        const { value: page } = await pages.next();
        rows.push(...(page ?? []).flatMap((entity: Record<string, unknown>) => toRows(entity, onUnreadable)));
        continuationToken = page?.continuationToken;
      } while (continuationToken && rows.length < limit);
      return rows.slice(0, limit);
    },
  };
}

function pack(json: string): Record<string, string | Uint8Array> {
  if (json.length <= MAX_STRING_CHARS) {
    return { json };
  }
  const packed = gzipSync(json);
  if (packed.length > MAX_PACKED_BYTES) {
    throw new RangeError(`A record of ${packed.length} bytes does not fit into a row (${MAX_PACKED_BYTES} bytes)`);
  }
  const parts = Math.ceil(packed.length / MAX_BINARY_BYTES);
  return Object.fromEntries(
    Array.from({ length: parts }, (_, i) => [
      `packed${i}`,
      packed.subarray(i * MAX_BINARY_BYTES, (i + 1) * MAX_BINARY_BYTES),
    ]),
  );
}

function unpack(entity: Readonly<Record<string, unknown>>): string {
  if (typeof entity.json === 'string') {
    return entity.json;
  }
  const parts: Uint8Array[] = [];
  for (let part = entity.packed0; part instanceof Uint8Array; part = entity[`packed${parts.length}`]) {
    parts.push(part);
  }
  return gunzipSync(Buffer.concat(parts)).toString();
}

/** Escapes a value for a string literal of an OData filter. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

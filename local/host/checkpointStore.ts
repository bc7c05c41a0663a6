import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs';
import { type StorageAccount, StorageError, type StorageResponse } from './storageAccount.ts';

const CONTAINER = 'azure-webjobs-eventhub';

/**
 * Checkpoints and partition ownership as the real host keeps them (BlobCheckpointStoreInternal.cs): blobs without content
 * in the host's own account, what they say in their metadata, ownership guarded by ETags.
 */
export async function openCheckpointStore(account: StorageAccount): Promise<CheckpointStore> {
  await account.send('blob', { method: 'PUT', path: CONTAINER, query: { restype: 'container' }, accept: [409] });

  return {
    async listOwnership(...where) {
      const blobs = await list(account, prefixOf(where, 'ownership'));
      return blobs.map(
        ({ partitionId, metadata, etag, lastModified }): PartitionOwnership => ({
          ...namesOf(where),
          partitionId,
          ownerId: metadata.ownerid ?? '',
          etag,
          lastModifiedTimeInMs: lastModified.getTime(),
        }),
      );
    },
    async claimOwnership(wanted) {
      const claims = await Promise.all(wanted.map((ownership) => claim(account, ownership)));
      return claims.flatMap((ownership) => ownership ?? []);
    },
    async updateCheckpoint(checkpoint) {
      const { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId } = checkpoint;
      const where = prefixOf([fullyQualifiedNamespace, eventHubName, consumerGroup], 'checkpoint');
      await putBlob(account, `${where}${partitionId}`, {
        'x-ms-meta-offset': checkpoint.offset,
        'x-ms-meta-sequencenumber': String(checkpoint.sequenceNumber),
      });
    },
    async listCheckpoints(...where) {
      const blobs = await list(account, prefixOf(where, 'checkpoint'));
      return blobs.map(
        ({ partitionId, metadata }): Checkpoint => ({
          ...namesOf(where),
          partitionId,
          offset: metadata.offset ?? '',
          sequenceNumber: Number(metadata.sequencenumber),
        }),
      );
    },
  };
}

type Where = [fullyQualifiedNamespace: string, eventHubName: string, consumerGroup: string, ...rest: unknown[]];

function namesOf([fullyQualifiedNamespace, eventHubName, consumerGroup]: Where) {
  return { fullyQualifiedNamespace, eventHubName, consumerGroup };
}

function prefixOf([namespace, hub, group]: Where, kind: 'ownership' | 'checkpoint'): string {
  return `${namespace}/${hub}/${group}/${kind}/`.toLowerCase();
}

/** `null` when another owner was faster. */
async function claim(account: StorageAccount, ownership: PartitionOwnership): Promise<PartitionOwnership | null> {
  const { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId, ownerId, etag } = ownership;
  const where = prefixOf([fullyQualifiedNamespace, eventHubName, consumerGroup], 'ownership');
  try {
    const { headers } = await putBlob(account, `${where}${partitionId}`, {
      'x-ms-meta-ownerid': ownerId,
      ...(etag ? { 'if-match': etag } : { 'if-none-match': '*' }),
    });
    const claimed = { ...ownership, lastModifiedTimeInMs: Date.parse(headers['last-modified'] ?? '') };
    return headers.etag ? { ...claimed, etag: headers.etag } : claimed;
  } catch (caught) {
    if (caught instanceof StorageError && (caught.status === 412 || caught.status === 409)) return null;
    throw caught;
  }
}

function putBlob(account: StorageAccount, name: string, headers: Record<string, string>): Promise<StorageResponse> {
  const path = [CONTAINER, ...name.split('/')].map(encodeURIComponent).join('/');
  return account.send('blob', { method: 'PUT', path, headers: { ...headers, 'x-ms-blob-type': 'BlockBlob' } });
}

interface ListedBlob {
  partitionId: string;
  metadata: Record<string, string>;
  etag: string;
  lastModified: Date;
}

async function list(account: StorageAccount, prefix: string): Promise<ListedBlob[]> {
  const query = { restype: 'container', comp: 'list', include: 'metadata', prefix };
  const { text } = await account.send('blob', { method: 'GET', path: CONTAINER, query });
  return [...text.matchAll(/<Blob>([\s\S]*?)<\/Blob>/g)].map(([, xml = '']) => {
    const field = (name: string) => new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'i').exec(xml)?.[1] ?? '';
    const metadata = [...field('Metadata').matchAll(/<(\w+)>([\s\S]*?)<\/\1>/g)];
    return {
      partitionId: field('Name').slice(prefix.length),
      metadata: Object.fromEntries(metadata.map(([, name = '', value = '']) => [name.toLowerCase(), value])),
      etag: field('Etag').replaceAll('&quot;', '"'),
      lastModified: new Date(field('Last-Modified')),
    };
  });
}

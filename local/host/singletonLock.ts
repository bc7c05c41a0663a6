import { createOwnerId, isOwnerDead } from './partitionOwnership.ts';
import { type StorageAccount, StorageError } from './storageAccount.ts';

/** A lock that is ours until it is released, or lapses without having been renewed. */
export interface SingletonLock {
  /** Rejects with a {@link StorageError} of status 409 when another has it. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

export interface SingletonLocks {
  /** `null` while another has the lock of this function. */
  tryLock(functionName: string): Promise<SingletonLock | null>;
}

export interface SingletonLockOptions {
  account: StorageAccount;
  hostId: string;
  /** 15 to 60 s, which is what a blob can be leased for. */
  periodMs: number;
  /** Wait for a dead owner's lease to lapse; the real host has no other way. */
  waitsForExpiry: boolean;
}

const CONTAINER = 'azure-webjobs-hosts';
/** States of a lease that can be had (https://learn.microsoft.com/rest/api/storageservices/lease-blob). */
const FREE = new Set(['available', 'expired', 'broken']);

/**
 * The locks by which one of several hosts listens for a function: leases of blobs at the place where the real host has
 * them (BlobLeaseDistributedLockManager.cs). Only who owns it is noted here in addition.
 */
export function openSingletonLocks({
  account,
  hostId,
  periodMs,
  waitsForExpiry,
}: SingletonLockOptions): SingletonLocks {
  async function makeBlob(path: string): Promise<void> {
    await account.send('blob', { method: 'PUT', path: CONTAINER, query: { restype: 'container' }, accept: [409] });
    // 409 and 412 when another made and leased it meanwhile.
    const headers = { 'x-ms-blob-type': 'BlockBlob' };
    await account.send('blob', { method: 'PUT', path, headers, accept: [409, 412] });
  }

  function lease(path: string, action: string, headers: Record<string, string>, accept: number[] = []) {
    const request = { method: 'PUT', path, query: { comp: 'lease' }, accept } as const;
    return account.send('blob', { ...request, headers: { ...headers, 'x-ms-lease-action': action } });
  }

  async function isFree(path: string): Promise<boolean> {
    const { status, headers } = await account.send('blob', { method: 'HEAD', path, accept: [404] });
    if (status === 404) {
      await makeBlob(path);
      return true;
    }
    if (FREE.has(headers['x-ms-lease-state'] ?? '')) return true;
    if (waitsForExpiry || !isOwnerDead({ ownerId: headers['x-ms-meta-owner'] ?? '' })) return false;
    // Not that of one who was faster: its name there has changed the ETag.
    const dead = { 'x-ms-lease-break-period': '0', 'if-match': headers.etag ?? '' };
    await lease(path, 'break', dead, [409, 412]);
    return true;
  }

  return {
    async tryLock(functionName) {
      const path = `${CONTAINER}/locks/${hostId}/Host.Functions.${functionName}.Listener`;
      if (!(await isFree(path))) return null;
      const taken = await lease(path, 'acquire', { 'x-ms-lease-duration': String(periodMs / 1_000) }, [409]);
      if (taken.status === 409) return null;
      const id = { 'x-ms-lease-id': taken.headers['x-ms-lease-id'] ?? '' };
      const headers = { ...id, 'x-ms-meta-owner': createOwnerId() };
      const named = { method: 'PUT', path, query: { comp: 'metadata' }, headers, accept: [409, 412] } as const;
      if ((await account.send('blob', named)).status !== 200) return null;
      return {
        async renew() {
          await lease(path, 'renew', id);
        },
        async release() {
          // 404 and 409: it is no longer there, or no longer ours.
          await lease(path, 'release', id, [404, 409]);
        },
      };
    },
  };
}

/** Whether the service itself could not do it just now. */
export function isServerSide(caught: unknown): boolean {
  return caught instanceof StorageError && caught.status >= 500;
}

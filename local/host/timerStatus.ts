import type { StorageAccount } from './storageAccount.ts';

/** When a timer last ran, and when it is due, as the real host remembers it between starts. */
export interface ScheduleStatus {
  /** `null` before the first run. */
  last: Date | null;
  next: Date;
  lastUpdated: Date | null;
}

const CONTAINER = 'azure-webjobs-hosts';

/** The status of one timer in a blob, at the place and in the form of the real host (StorageScheduleMonitor.cs). */
export function openTimerStatus(account: StorageAccount, hostId: string, functionName: string) {
  const path = `${CONTAINER}/timers/${hostId}/Host.Functions.${functionName}/status`;
  return {
    /** `null` when the timer was never seen before. */
    async read(): Promise<ScheduleStatus | null> {
      const { status, text } = await account.send('blob', { method: 'GET', path, accept: [404] });
      if (status === 404) return null;
      const { Last, Next, LastUpdated } = JSON.parse(text) as Record<string, string>;
      return { last: fromDotNet(Last), next: new Date(Next ?? ''), lastUpdated: fromDotNet(LastUpdated) };
    },
    async write(status: ScheduleStatus): Promise<void> {
      await account.send('blob', { method: 'PUT', path: CONTAINER, query: { restype: 'container' }, accept: [409] });
      const body = JSON.stringify(toDotNetStatus(status));
      await account.send('blob', { method: 'PUT', path, body, headers: { 'x-ms-blob-type': 'BlockBlob' } });
    },
  };
}

/** .NET's DateTime.MinValue, which stands for "never". */
const NEVER = '0001-01-01T00:00:00';

export function toDotNetStatus({ last, next, lastUpdated }: ScheduleStatus): Record<string, string> {
  const text = (date: Date | null) => (date ? date.toISOString().replace(/\.?0*Z$/, '+00:00') : NEVER);
  return { Last: text(last), Next: text(next), LastUpdated: text(lastUpdated) };
}

function fromDotNet(text: string | undefined): Date | null {
  return text && !text.startsWith('0001-') ? new Date(text) : null;
}

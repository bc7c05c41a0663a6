import type { WatermarkStore } from '../store/watermarkStore.ts';

/** Each gap is a row of its own, so that one that is noted while chats are read back is not closed with the others. */
const GAP = 'gap:';

/** Notifications may be missing since then: the next time that chats are read back, it is from there on. */
export function noteGap(watermarks: WatermarkStore, from: Date): Promise<void> {
  return watermarks.set(`${GAP}${from.toISOString()}`, from);
}

/** The gaps that have not been read back yet. `close` once all has been read since `from`, the earliest. */
export async function openGaps(watermarks: WatermarkStore): Promise<{ from: Date | null; close: () => Promise<void> }> {
  const gaps = await watermarks.list(GAP);
  const earliest = Math.min(...gaps.map(({ time }) => time.getTime()));
  return {
    from: gaps.length > 0 ? new Date(earliest) : null,
    close: async () => {
      for (const { name } of gaps) await watermarks.remove(name);
    },
  };
}

import type { TimelineEntry } from '../../store/timelineStore.ts';

/** A line of a procedure that begins with `- [ ]`, as task lists of GitHub Flavored Markdown do. */
const ITEM = /^\s*[-*+] \[[ xX]\] +(\S.*)$/;
const FENCE = /^\s*(```|~~~)/;
export const TICKED = 'procedure.ticked';
export const UNTICKED = 'procedure.unticked';

/** The lines that can be ticked, counted from 0; what stands in a block of code is none. */
export function checklistOf(markdown: string): string[] {
  let isCode = false;
  return markdown.split(/\r?\n/).flatMap((line) => {
    if (FENCE.test(line)) isCode = !isCode;
    const text = isCode ? undefined : ITEM.exec(line)?.[1];
    return text === undefined ? [] : [text.trim()];
  });
}

/** Which procedure a tick belongs to. */
interface Shown {
  site: string | null;
  version: number;
}

/** Who ticked what of a version, by the timeline of a call; of each line the latest counts. */
export function ticksOf(
  timeline: readonly TimelineEntry[],
  { site, version }: Shown,
): Map<number, { by: string; at: string }> {
  const ticks = new Map<number, { by: string; at: string }>();
  for (const { kind, at, detail } of timeline) {
    if (kind !== TICKED && kind !== UNTICKED) continue;
    if ((detail.site ?? null) !== site || detail.version !== version || typeof detail.item !== 'number') continue;
    if (kind === TICKED) ticks.set(detail.item, { by: String(detail.by), at });
    else ticks.delete(detail.item);
  }
  return ticks;
}

import type { EmergencyCall } from '../../emergency/emergencyCall.ts';
import type { Services } from '../../pipeline/services.ts';
import type { TimelineEntry } from '../../store/timelineStore.ts';
import { personOf, siteOf } from '../calls/summary.ts';
import type { CallDetail } from '../contract.ts';
import { checklistOf, ticksOf } from './checklist.ts';

/**
 * The procedure of a call: the newest of its site, else the newest for all. Once somebody has ticked a line of it, that
 * version stays: what was done must be read beside what was asked for.
 */
export async function procedureOfCall(
  services: Services,
  call: EmergencyCall,
  timeline: readonly TimelineEntry[],
): Promise<CallDetail['procedure']> {
  const { procedures } = services.store;
  const last = timeline.findLast(({ kind }) => kind.startsWith('procedure.'));
  const begun = last && {
    site: typeof last.detail.site === 'string' ? last.detail.site : null,
    version: Number(last.detail.version),
  };
  const found =
    (begun && (await procedures.get(begun.site, begun.version))) ??
    (call.site === null ? null : await procedures.get(call.site, null)) ??
    (await procedures.get(null, null));
  if (!found || found.markdown.trim() === '') return null;
  const ticks = ticksOf(timeline, found);
  return {
    site: found.site === null ? null : siteOf(services, found.site),
    version: found.version,
    markdown: found.markdown,
    checklist: checklistOf(found.markdown).map((text, item) => {
      const tick = ticks.get(item);
      return { item, text, ticked: tick ? { by: personOf(services, tick.by), at: tick.at } : null };
    }),
  };
}

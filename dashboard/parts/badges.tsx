import type { CallSummary } from '../../shared/dashboard/contract.ts';
import { texts } from '../texts.ts';

const LOOKS = { open: 'alarm', acknowledged: 'taken', onScene: 'taken', resolved: 'ok' } as const;

/** The state as a word; its colour only helps. */
export function StateBadge({ call }: { call: CallSummary }) {
  const isNone = call.content === 'notEmergency';
  return (
    <span class={`badge ${isNone ? '' : LOOKS[call.state]}`}>
      {isNone ? texts.call.notEmergency : texts.states[call.state]}
    </span>
  );
}

/** What else one must see of a call at a glance. */
export function CallMarks({ call }: { call: CallSummary }) {
  return (
    <>
      {call.isTest && <span class="badge test">{texts.call.test}</span>}
      {call.whereabouts === 'offSite' && <span class="badge warn">{texts.call.offSite}</span>}
      {call.isLate && <span class="badge warn">{texts.call.late}</span>}
    </>
  );
}

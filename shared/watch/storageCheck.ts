import { durationText, MINUTE_MS } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { Observations } from './observations.ts';
import { judge } from './watchedPart.ts';

/**
 * Twilio refuses nothing for its date, but a signed request to storage fails at 15 minutes and a token sooner; and the
 * times on the record of a call are read by lawyers. Two machines that keep time are never a minute apart.
 */
const MOST_CLOCK_OFFSET_MS = MINUTE_MS;

/** Storage that answers nothing at all: told from memory, since there is nowhere to note it. */
function storageDown(code: string): Finding {
  return {
    id: 'storage',
    severity: 'critical',
    since: null,
    title: 'storage down',
    what: `The storage of the product does not answer (${code}). Calls are texted from memory, without escalation or record.`,
    todo: 'Azure portal, the storage account of AlertStorage: health, firewall, access of the managed identity.',
  };
}

export function checkStorage({ storage }: Observations): WatchedPart {
  if ('failed' in storage) {
    return { name: 'storage', isSeen: true, detail: 'does not answer', findings: [storageDown(storage.failed)] };
  }
  return { name: 'storage', isSeen: true, detail: 'answers', findings: [] };
}

export function checkClock({ storage }: Observations): WatchedPart {
  return judge('clock', storage, ({ clockOffsetMs }) => {
    if (clockOffsetMs === null) return { detail: 'the storage names no time', findings: [] };
    const off = Math.abs(clockOffsetMs);
    const detail = `${durationText(off)} ${clockOffsetMs < 0 ? 'behind' : 'ahead of'} the storage's`;
    return { detail, findings: off > MOST_CLOCK_OFFSET_MS ? [clockIsOff(detail)] : [] };
  });
}

function clockIsOff(detail: string): Finding {
  return {
    id: 'clock',
    severity: 'warning',
    since: null,
    title: 'clock is off',
    what: `The clock of the function app is ${detail}: times on records are wrong, and sign-ins may fail.`,
    todo: 'Restart the function app. If it lasts, open a case with Azure support.',
  };
}

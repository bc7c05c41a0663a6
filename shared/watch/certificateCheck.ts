import { DAY_MS } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { CertificateState, Observations } from './observations.ts';
import { judge, notUsed, present } from './watchedPart.ts';

/** Time for a change through the usual channels, and time for one that jumps the queue. */
const WARNING_MS = 30 * DAY_MS;
const CRITICAL_MS = 7 * DAY_MS;

/** Whether what Graph encrypts for, and the secrets of the vault, live on. */
export function checkCertificates({ certificates }: Observations, now: Date): WatchedPart {
  return judge('certificates', certificates, (state) => {
    if (!state.isWanted) return notUsed();
    return {
      detail: detailOf(state, now),
      findings: present([
        state.isInUseEnabled === false ? inUseDisabled() : null,
        ...state.expiring.map(({ name, expiresAt }) => expiring(name, expiresAt, now)),
      ]),
    };
  });
}

function detailOf({ expiring }: CertificateState, now: Date): string {
  const [next] = [...expiring].sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
  return next ? `${next.name} ${endsText(next.expiresAt, now)}` : 'none that expires';
}

function endsText(expiresAt: Date, now: Date): string {
  const days = Math.floor((expiresAt.getTime() - now.getTime()) / DAY_MS);
  return expiresAt <= now ? 'has expired' : `ends in ${days} day${days === 1 ? '' : 's'}`;
}

function expiring(name: string, expiresAt: Date, now: Date): Finding | null {
  const left = expiresAt.getTime() - now.getTime();
  if (left > WARNING_MS) return null;
  return {
    id: `expiry:${name}`,
    severity: left > CRITICAL_MS ? 'warning' : 'critical',
    since: null,
    title: `expiry of ${name}`,
    what: `${name} ${endsText(expiresAt, now)}.`,
    todo: name.startsWith('certificate')
      ? 'Run: npm run certificate -- rotate.'
      : 'Renew it in the Key Vault, and restart the function app.',
  };
}

function inUseDisabled(): Finding {
  return {
    id: 'certificateDisabled',
    severity: 'critical',
    since: null,
    title: 'certificate in use disabled',
    what: 'Graph encrypts for a certificate that is no longer enabled in the Key Vault: its notifications cannot be read.',
    todo: 'Enable it in the Key Vault again, or run: npm run certificate -- rotate.',
  };
}

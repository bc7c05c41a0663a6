import { randomUUID } from 'node:crypto';
import routes from '../../shared/routes.json' with { type: 'json' };
import { type Check, type CheckResult, type DoctorContext, type DoctorFinding, SEE_SETTINGS } from './check.ts';

/** Graph waits ten seconds for the answer: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks */
const TIMEOUT_MS = 10_000;

/** `failure` is a word that may be shown; `null` when the door answers as Graph wants it. */
interface Tried {
  route: string;
  failure: string | null;
}

/** Whether the open doors answer Graph's question whether they are ours, as it is asked when a subscription is made. */
export const doorsCheck: Check = {
  part: 'HTTPS doors',
  async look(context): Promise<CheckResult> {
    if (context.reading.faults.some(({ name }) => name === 'LIFECYCLE_NOTIFICATION_URL')) return SEE_SETTINGS;
    const base = baseOf(context);
    if (base === null) return { detail: 'none: Graph is given no address (outbound-only)' };
    const tried = await Promise.all(
      routes.open
        .filter(({ caller }) => caller === 'Microsoft Graph')
        .map(async ({ route }): Promise<Tried> => ({ route, failure: await shakeHands(`${base}/${route}`) })),
    );
    const shut = tried.filter(({ failure }) => failure !== null);
    return {
      detail: `${tried.length - shut.length} of ${tried.length} answer Graph's handshake`,
      findings: shut.length === 0 ? [] : [doorShut(shut, context)],
    };
  },
};

/** `…/api` of the function app, by the address that Graph is given. */
function baseOf({ reading, deployment }: DoctorContext): string | null {
  const address = reading.env.LIFECYCLE_NOTIFICATION_URL?.trim();
  if (!address) return null;
  const { AZURE_FUNCTION_APP_URL: app } = deployment ?? {};
  return app ? `${app.replace(/\/$/, '')}/api` : address.replace(/\/graph\/lifecycle.*$/, '');
}

async function shakeHands(url: string): Promise<string | null> {
  const token = `doctor ${randomUUID()}`;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(`${url}?validationToken=${encodeURIComponent(token)}`, {
      method: 'POST',
      redirect: 'manual',
      signal,
    });
    if (response.status !== 200) return String(response.status);
    const isText = response.headers.get('content-type')?.startsWith('text/plain');
    return isText && (await response.text()) === token ? null : 'another answer';
  } catch {
    return signal.aborted ? 'timeout' : 'no answer';
  }
}

function doorShut(shut: readonly Tried[], { deployment }: DoctorContext): DoctorFinding {
  const isLocked = shut.some(({ failure }) => /^(30\d|401|403)$/.test(failure ?? ''));
  return {
    id: 'doors',
    severity: 'critical',
    what: `${shut.map(({ route, failure }) => `/api/${route} (${failure})`).join(' and ')} ${shut.length === 1 ? 'does' : 'do'} not answer Graph's question.`,
    why: 'Graph makes no subscription whose address does not answer, and cannot say that one was removed.',
    todo: isLocked
      ? 'Azure portal, the function app, Authentication and Networking: these paths must be excluded and public. Then: azd provision --no-state.'
      : deployment
        ? 'Azure portal, the function app: is it running, and does it list its functions? Then: azd deploy.'
        : 'Compare LIFECYCLE_NOTIFICATION_URL with where the functions run; the stack: npm start.',
  };
}

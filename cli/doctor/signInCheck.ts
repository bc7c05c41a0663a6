import { createGraphClient } from '../../shared/graph/graphClient.ts';
import { SignInError } from '../../shared/graph/signInError.ts';
import type { GraphSettings } from '../../shared/settings.ts';
import { type Check, type DoctorFinding, type Looked, SEE_SETTINGS, SEE_STORAGE } from './check.ts';
import { readTokenClaims } from './tokenClaims.ts';

const NEEDED = 'Chat.Read';
const WHY =
  'Without it no chat of the service account is read: what Teams says there of an emergency call goes unheard.';

/** Whether Graph takes the stored sign-in of the service account for what it is: that account, with its permissions. */
export const signInCheck: Check = {
  part: 'sign-in',
  async look({ services }) {
    if (!services?.settings.graph || !services.signIn) return SEE_SETTINGS;
    const { signIn, settings } = services;
    try {
      return await lookAt(await signIn.getAccessToken({ forceRefresh: true }), services.settings.graph);
    } catch (caught) {
      if (!(caught instanceof SignInError)) throw caught;
      if (caught.code === 'storage') return SEE_STORAGE;
      return { detail: `no token (${caught.code})`, findings: [refused(caught, settings.graph?.serviceAccount ?? '')] };
    }
  },
};

async function lookAt(token: string, settings: GraphSettings): Promise<Looked> {
  const client = createGraphClient(settings, { getAccessToken: async () => token });
  const answer = await client.request({ method: 'GET', path: '/me', timeoutMs: 5_000 });
  const scopes = readTokenClaims(token)?.scopes ?? null;
  if (answer.outcome !== 'answered' || answer.status !== 200) {
    const code = answer.outcome === 'signInFailed' ? answer.error.code : answer.code;
    return { detail: `Graph does not answer (${code})`, findings: [silentGraph(code)] };
  }
  const { userPrincipalName } = (answer.body ?? {}) as { userPrincipalName?: unknown };
  const isOurs = String(userPrincipalName).toLowerCase() === settings.serviceAccount.toLowerCase();
  const lacks = scopes !== null && !scopes.some((scope) => scope === NEEDED || scope === 'Chat.ReadWrite');
  const who = isOurs ? settings.serviceAccount : 'another account';
  return {
    detail: `${who}, ${scopes === null ? 'its permissions cannot be seen' : `may ${scopes.filter((scope) => /^[A-Z]/.test(scope)).join(', ') || 'nothing'}`}`,
    findings: [isOurs ? null : wrongAccount(settings), lacks ? lacksScope() : null],
  };
}

function refused({ code, message, kind }: SignInError, serviceAccount: string): DoctorFinding {
  return {
    id: 'signIn',
    severity: kind === 'temporary' ? 'warning' : 'critical',
    what: message.endsWith('.') || message.endsWith(')') ? message : `${message}.`,
    why: WHY,
    todo:
      code === 'TOKEN_CACHE_KEY'
        ? 'Give TOKEN_CACHE_KEY its old value, or sign in anew: npm run sign-in -- --replace.'
        : `Sign in as ${serviceAccount}: npm run sign-in.`,
  };
}

function silentGraph(code: string): DoctorFinding {
  return {
    id: 'graph',
    severity: 'critical',
    what: `Microsoft Graph does not answer for the service account (${code}).`,
    why: WHY,
    todo: 'Look at the service health of Microsoft 365 and the network from here, and run this again.',
  };
}

function wrongAccount({ serviceAccount }: GraphSettings): DoctorFinding {
  return {
    id: 'signInAccount',
    severity: 'critical',
    what: `Another account than ${serviceAccount} is signed in.`,
    why: 'Teams tells the account of the emergency calling policy, and nobody reads that one.',
    todo: `Sign in as ${serviceAccount}: npm run sign-in.`,
  };
}

function lacksScope(): DoctorFinding {
  return {
    id: 'signInScope',
    severity: 'critical',
    what: `The sign-in of the service account has no permission ${NEEDED}.`,
    why: WHY,
    todo: `Entra admin center, App registrations, the sign-in app, API permissions: grant ${NEEDED} (delegated). Then: npm run sign-in.`,
  };
}

import { randomUUID } from 'node:crypto';
import { READ_EMERGENCY_EVENTS } from '../permissions.ts';

export interface ManagedIdentityOptions {
  /** A new one when left out. */
  clientId?: string;
  /** Application permissions that an administrator granted on Graph; the one for emergency call events when left out. */
  roles?: string[];
  /** Life of a token. The real ones live for 24 hours, and so do these when left out. */
  tokenSeconds?: number;
}

/** The identity that Azure gives a function app, and the secret by which its own processes are known. */
export interface ManagedIdentity {
  clientId: string;
  servicePrincipalId: string;
  /** An administrator grants and takes back; tokens that are out keep what they have. */
  roles: readonly string[];
  tokenSeconds: number;
  header: string;
}

const DAY_SECONDS = 86_400;

export function createManagedIdentity(options: ManagedIdentityOptions = {}): ManagedIdentity {
  return {
    clientId: options.clientId ?? randomUUID(),
    servicePrincipalId: randomUUID(),
    roles: options.roles ?? [READ_EMERGENCY_EVENTS],
    tokenSeconds: options.tokenSeconds ?? DAY_SECONDS,
    header: randomUUID(),
  };
}

const GRAPH_RESOURCES = [
  '00000003-0000-0000-c000-000000000000',
  'https://graph.microsoft.com',
  'https://graph.microsoft.us',
  'https://dod-graph.microsoft.us',
];

/** Whether a token's audience is Graph: by its app id, its address in any cloud, or the look-alike's own (`host`). */
export function isGraph(host: string, audience: string): boolean {
  return [...GRAPH_RESOURCES, `http://${host}`].includes(audience.replace(/\/$/, ''));
}

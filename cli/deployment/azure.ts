import { ProgramError, type RunProgram } from './runProgram.ts';

/** Who is signed in to the Azure CLI, and to which subscription. */
export interface Account {
  /** Object id in the directory. */
  principalId: string;
  /** As a person would say it. */
  userName: string;
  isUser: boolean;
  subscriptionId: string;
  subscriptionName: string;
  tenantId: string;
  /** Origin of Microsoft Graph in the cloud of the subscription. */
  graph: string;
}

/** Asks the Azure CLI for JSON. Throws {@link ProgramError}, also where the answer is none. */
export async function askAzure(run: RunProgram, args: readonly string[]): Promise<unknown> {
  const text = await run('az', [...args, '--output', 'json']);
  try {
    return JSON.parse(text);
  } catch {
    throw new ProgramError('refused', `"az ${args[0]} ${args[1] ?? ''}" did not answer with JSON.`);
  }
}

/** The part of a token that says whose it is: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
export function claimsOf(token: unknown): { oid: string; tid: string } | null {
  try {
    const payload = Buffer.from(`${token}`.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { oid, tid } = JSON.parse(payload) as { oid?: unknown; tid?: unknown };
    return typeof oid === 'string' && typeof tid === 'string' ? { oid, tid } : null;
  } catch {
    return null;
  }
}

/** What stands at a name in JSON of others; `undefined` where it is no object. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  );
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** "East US" and "eastus" are the same region. */
export function regionName(value: unknown): string {
  return `${value}`.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Every operation by the name that faults, requests and routes use. */
const OPERATIONS = [
  'secrets.list',
  'secrets.listVersions',
  'secrets.get',
  'secrets.set',
  'certificates.create',
  'certificates.getOperation',
  'certificates.listVersions',
  'certificates.get',
  'certificates.update',
] as const;

export type VaultOperation = (typeof OPERATIONS)[number];

export type VaultFaultEffect =
  /** `innerCode` is Key Vault's finer word, such as `ForbiddenByRbac` or `ForbiddenByFirewall`. */
  | { kind: 'status'; status: number; innerCode?: string; retryAfterSeconds?: number }
  | { kind: 'delay'; ms: number }
  /** No answer, until the look-alike closes. */
  | { kind: 'hang' }
  /** The connection breaks. */
  | { kind: 'reset' }
  /** Of `certificates.create`: it begins, and its operation ends as failed. */
  | { kind: 'creationFails'; code: string; message: string };

export interface VaultFault {
  /** An operation, the beginning of one up to a dot (`secrets`), or `*`. */
  operation: string;
  /** How many requests it meets; all of them, until it is cleared, when left out. */
  times?: number;
  /** Meets only requests whose path holds this text, such as the version of a secret. */
  containing?: string;
  effect: VaultFaultEffect;
}

export interface VaultFaults {
  /** Throws when the operation is none, so that no test waits for a fault that cannot come. */
  add(fault: VaultFault): void;
  clear(): void;
}

export function createFaults(): VaultFaults & {
  take(operation: VaultOperation, path: string): VaultFaultEffect | null;
} {
  let active: VaultFault[] = [];
  return {
    add(fault) {
      check(fault);
      active.push({ ...fault });
    },
    clear() {
      active = [];
    },
    take(operation, path) {
      const found = active.find((fault) => covers(fault.operation, operation) && path.includes(fault.containing ?? ''));
      if (found?.times !== undefined) {
        found.times -= 1;
        active = active.filter((fault) => fault.times !== 0);
      }
      return found?.effect ?? null;
    },
  };
}

function covers(pattern: string, operation: VaultOperation): boolean {
  return pattern === '*' || pattern === operation || operation.startsWith(`${pattern}.`);
}

function check({ operation, times, effect }: VaultFault): void {
  const met = OPERATIONS.filter((known) => covers(operation, known));
  if (met.length === 0) {
    throw new Error(`No operation is called "${operation}": use one of ${OPERATIONS.join(', ')}, or *`);
  }
  if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
    throw new Error('times must be a whole number above 0');
  }
  if (effect.kind === 'creationFails' && operation !== 'certificates.create') {
    throw new Error('Only certificates.create can begin and then fail');
  }
}

import { AADSTS, type AadstsCode } from './signIn/signInRefusal.ts';

/** Every operation by the name that faults, requests and routes use. */
const OPERATIONS = [
  'signIn.discovery',
  'signIn.openIdConfiguration',
  'signIn.keys',
  'signIn.deviceCode',
  'signIn.token.deviceCode',
  'signIn.token.refresh',
  'signIn.token.authorizationCode',
  'signIn.authorize',
  'signIn.emptyPage',
  'signIn.deviceLogin',
  'identity',
  'me.get',
  'chats.list',
  'chats.get',
  'chats.listMembers',
  'chats.listMessages',
  'chats.getMessage',
  'subscriptions.create',
  'subscriptions.list',
  'subscriptions.get',
  'subscriptions.update',
  'subscriptions.delete',
  'subscriptions.reauthorize',
] as const;

export type FaultEffect =
  | { kind: 'status'; status: number; retryAfterSeconds?: number; code?: string; message?: string }
  /** A refusal of the sign-in service by its AADSTS number. */
  | { kind: 'aadsts'; code: AadstsCode }
  /** RFC 8628 `slow_down`; Entra does not document it. */
  | { kind: 'slowDown' }
  | { kind: 'delay'; ms: number }
  /** No answer, until the look-alike closes. */
  | { kind: 'hang' }
  /** The connection breaks. */
  | { kind: 'reset' };

export interface Fault {
  /** An operation, the beginning of one up to a dot (`chats`), `graph` (all but sign-in service and identity), or `*`. */
  operation: string;
  /** How many requests it meets; all of them, until it is cleared, when left out. */
  times?: number;
  /** Meets only requests whose path, query or body hold this text, e.g. `getAllMessages`. */
  containing?: string;
  effect: FaultEffect;
}

export type ActiveFault = Fault & { id: string };

export interface Faults {
  /** Throws when the operation is none, so that no test waits for a fault that cannot come. */
  add(fault: Fault): string;
  clear(id?: string): void;
  list(): ActiveFault[];
  /** The first fault that meets this request, counted down. */
  take(operation: string, text: string): ActiveFault | null;
}

export function createFaults(): Faults {
  let active: ActiveFault[] = [];
  let count = 0;

  function add(fault: Fault): string {
    check(fault);
    count += 1;
    const id = `fault-${count}`;
    active.push({ ...fault, id });
    return id;
  }

  function take(operation: string, text: string): ActiveFault | null {
    const found = active.find((fault) => covers(fault.operation, operation) && text.includes(fault.containing ?? ''));
    if (found?.times !== undefined) {
      found.times -= 1;
      active = active.filter((fault) => fault.times !== 0);
    }
    return found ?? null;
  }

  return {
    add,
    take,
    clear: (id) => {
      active = id === undefined ? [] : active.filter((fault) => fault.id !== id);
    },
    list: () => active.map((fault) => ({ ...fault })),
  };
}

function covers(pattern: string, operation: string): boolean {
  return (
    pattern === '*' ||
    pattern === operation ||
    operation.startsWith(`${pattern}.`) ||
    (pattern === 'graph' && !/^(signIn\.|identity$)/.test(operation))
  );
}

function check({ operation, times, effect }: Fault): void {
  const met = OPERATIONS.filter((known) => covers(operation, known));
  if (met.length === 0) {
    throw new Error(`No operation is called "${operation}": use one of ${OPERATIONS.join(', ')}, graph or *`);
  }
  if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
    throw new Error('times must be a whole number above 0');
  }
  const isOfSignIn = effect.kind === 'aadsts' || effect.kind === 'slowDown';
  if (isOfSignIn && !met.every((known) => known.startsWith('signIn.'))) {
    throw new Error(`Only the sign-in service answers so: ${operation} is not one of its operations`);
  }
  if (effect.kind === 'aadsts' && !(effect.code in AADSTS)) {
    throw new Error(`The look-alike does not know AADSTS${effect.code}`);
  }
}

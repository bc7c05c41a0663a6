import { randomUUID } from 'node:crypto';
import type { User } from './model.ts';
import type { State } from './state.ts';

/** Adds a user to the tenant. Throws when the id or the UPN is taken. */
export function addUser(state: State, user: Omit<User, 'id'> & { id?: string }): User {
  const added: User = { ...user, id: user.id ?? randomUUID() };
  if (findUser(state, added.id) ?? findUser(state, added.userPrincipalName)) {
    throw new Error('A user with this id or UPN is in the directory already');
  }
  state.users.set(added.id, added);
  return added;
}

/** The address Graph shows; `null` where there is none. */
export function mailOf({ mail, userPrincipalName }: User): string | null {
  return mail === undefined ? userPrincipalName : mail;
}

/** By object id or UPN, in any case of letters. */
function findUser(state: State, idOrUpn: string): User | null {
  const wanted = idOrUpn.toLowerCase();
  const users = [...state.users.values()];
  return (
    users.find((user) => user.id.toLowerCase() === wanted || user.userPrincipalName.toLowerCase() === wanted) ?? null
  );
}

/** As {@link findUser}; throws when there is none. For the control side: Graph itself answers a refusal. */
export function requireUser(state: State, idOrUpn: string): User {
  const user = findUser(state, idOrUpn);
  if (user === null) {
    throw new Error(`No user ${idOrUpn} is in the directory`);
  }
  return user;
}

/**
 * As {@link findUser}, but a UPN that nobody has yet becomes a new user, named after it (`alex.wilber@…`: Alex Wilber):
 * whoever speaks or calls in a story needs no entry before. Throws for an id that nobody has.
 */
export function ensureUser(state: State, idOrUpn: string): User {
  if (!idOrUpn.includes('@')) {
    return requireUser(state, idOrUpn);
  }
  const names = idOrUpn.slice(0, idOrUpn.indexOf('@')).split(/[._-]/);
  const displayName = names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join(' ');
  return findUser(state, idOrUpn) ?? addUser(state, { userPrincipalName: idOrUpn, displayName });
}

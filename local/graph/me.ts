import { authenticateUser } from './authorization.ts';
import { mailOf } from './directory.ts';
import type { Reply, WireRequest } from './http.ts';
import { contextOf, readOptions } from './odata.ts';
import type { State } from './state.ts';

/** `GET /me`: the signed-in user. */
export function getMe(state: State, request: WireRequest): Reply {
  const caller = authenticateUser(state, request, ['User.Read', 'User.ReadWrite']);
  readOptions(request, []);
  const [givenName = null, surname = null] = caller.user.displayName.split(' ');
  const me = {
    '@odata.context': contextOf(state, 'users/$entity'),
    businessPhones: [],
    displayName: caller.user.displayName,
    givenName,
    jobTitle: null,
    mail: mailOf(caller.user),
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname,
    userPrincipalName: caller.user.userPrincipalName,
    id: caller.user.id,
  };
  return { status: 200, json: me };
}

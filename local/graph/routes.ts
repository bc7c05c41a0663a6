import { getChat } from './chats/getChat.ts';
import { getMessage } from './chats/getMessage.ts';
import { listChats } from './chats/listChats.ts';
import { listMembers } from './chats/listMembers.ts';
import { listMessages } from './chats/listMessages.ts';
import type { Reply, WireRequest } from './http.ts';
import { getIdentityToken } from './identity/getIdentityToken.ts';
import { getMe } from './me.ts';
import type { Matchable } from './routing.ts';
import { authorize, showEmptyPage } from './signIn/authorize.ts';
import { beginDeviceSignIn } from './signIn/deviceCode.ts';
import { showDeviceLogin, submitDeviceLogin } from './signIn/deviceLoginPage.ts';
import { discoverInstance, getKeys, getOpenIdConfiguration } from './signIn/discovery.ts';
import { redeem } from './signIn/token.ts';
import type { State } from './state.ts';
import { createSubscription } from './subscriptions/createSubscription.ts';
import { deleteSubscription } from './subscriptions/deleteSubscription.ts';
import { getSubscription } from './subscriptions/getSubscription.ts';
import { listSubscriptions } from './subscriptions/listSubscriptions.ts';
import { reauthorizeSubscription } from './subscriptions/reauthorizeSubscription.ts';
import { updateSubscription } from './subscriptions/updateSubscription.ts';

type Handler = (state: State, request: WireRequest) => Reply | Promise<Reply>;

export interface Route extends Matchable {
  /** One of `OPERATIONS`; `signIn.token` is told apart by its grant. */
  operation: string;
  handle: Handler;
}

function route(method: string, pattern: string, operation: string, handle: Handler): Route {
  return { method, pattern, operation, handle };
}

/** Chats can be asked for at the root, of oneself, and by one's own id or UPN. */
const chatRoutes = ['/v1.0', '/v1.0/me', '/v1.0/users/:userId'].flatMap((root) => [
  route('GET', `${root}/chats`, 'chats.list', listChats),
  route('GET', `${root}/chats/:chatId`, 'chats.get', getChat),
  route('GET', `${root}/chats/:chatId/members`, 'chats.listMembers', listMembers),
  route('GET', `${root}/chats/:chatId/messages`, 'chats.listMessages', listMessages),
  route('GET', `${root}/chats/:chatId/messages/:messageId`, 'chats.getMessage', getMessage),
]);

/** All that the look-alike knows; everything else is refused. */
export const ROUTES: readonly Route[] = [
  route('GET', '/common/discovery/instance', 'signIn.discovery', discoverInstance),
  route('GET', '/:tenant/v2.0/.well-known/openid-configuration', 'signIn.openIdConfiguration', getOpenIdConfiguration),
  route('GET', '/:tenant/discovery/v2.0/keys', 'signIn.keys', getKeys),
  route('POST', '/:tenant/oauth2/v2.0/devicecode', 'signIn.deviceCode', beginDeviceSignIn),
  route('POST', '/:tenant/oauth2/v2.0/token', 'signIn.token', redeem),
  route('GET', '/:tenant/oauth2/v2.0/authorize', 'signIn.authorize', authorize),
  route('GET', '/common/oauth2/nativeclient', 'signIn.emptyPage', showEmptyPage),
  route('GET', '/devicelogin', 'signIn.deviceLogin', showDeviceLogin),
  route('POST', '/devicelogin', 'signIn.deviceLogin', submitDeviceLogin),
  route('GET', '/msi/token', 'identity', getIdentityToken),
  route('GET', '/v1.0/me', 'me.get', getMe),
  ...chatRoutes,
  route('POST', '/v1.0/subscriptions', 'subscriptions.create', createSubscription),
  route('GET', '/v1.0/subscriptions', 'subscriptions.list', listSubscriptions),
  route('GET', '/v1.0/subscriptions/:id', 'subscriptions.get', getSubscription),
  route('PATCH', '/v1.0/subscriptions/:id', 'subscriptions.update', updateSubscription),
  route('DELETE', '/v1.0/subscriptions/:id', 'subscriptions.delete', deleteSubscription),
  route('POST', '/v1.0/subscriptions/:id/reauthorize', 'subscriptions.reauthorize', reauthorizeSubscription),
];

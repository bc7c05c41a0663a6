import type { SignIn } from '../graph/signIn.ts';
import { createSubscriptions } from '../graph/subscriptions.ts';
import type { GraphSettings, SubscriptionSettings } from '../settings.ts';
import { noteGap } from './readBack.ts';
import type { RenewalServices } from './renewalServices.ts';
import { certificateOf, type SourceKind } from './renewSource.ts';

/** What all subscriptions to chats have in common: the service account's. */
export interface ChatKind extends SourceKind {
  graph: GraphSettings;
  signIn: SignIn;
  subscription: SubscriptionSettings;
}

/** `null` where settings are missing. */
export function chatKind(services: RenewalServices): ChatKind | null {
  const { settings, signIn, store } = services;
  const { graph, subscription } = settings;
  if (!graph || !subscription || !signIn) return null;
  return {
    ...{ services, graph, signIn, subscription },
    subscriptions: createSubscriptions(graph, signIn),
    certificate: certificateOf(services),
    // Each message can be fetched: a call that nobody hears of is worse than a request more.
    withoutCertificate: 'plain',
    onRefusal: 'otherWay',
    canReadBack: true,
    onGap: (from) => noteGap(store.watermarks, from),
  };
}

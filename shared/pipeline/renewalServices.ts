import type { CertificateSource } from '../graph/newestCertificate.ts';
import type { SignIn } from '../graph/signIn.ts';
import type { Logger } from '../log.ts';
import type { SettingFault, Settings } from '../settings.ts';
import type { SubscriptionStore } from '../store/subscriptionStore.ts';
import type { WatermarkStore } from '../store/watermarkStore.ts';

/** The part of the services that subscriptions are looked after with. */
export interface RenewalServices {
  settings: Pick<Settings, 'tenant' | 'graph' | 'subscription' | 'eventSource'>;
  faults: readonly SettingFault[];
  store: { subscriptions: SubscriptionStore; watermarks: WatermarkStore };
  /** Of the service account, for chats. */
  signIn: SignIn | null;
  /** Of the app itself, for events. */
  appSignIn: Pick<SignIn, 'getAccessToken'> | null;
  certificates: CertificateSource | null;
  now(): Date;
  log: Logger;
}

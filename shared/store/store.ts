import type { Settings } from '../settings.ts';
import { type AlarmStore, createAlarmStore } from './alarmStore.ts';
import { type BurstStore, createBurstStore } from './burstStore.ts';
import { type CallerStore, createCallerStore } from './callerStore.ts';
import { type CallStore, createCallStore } from './callStore.ts';
import { type CanaryStore, createCanaryStore } from './canaryStore.ts';
import { type ChatMessageStore, createChatMessageStore } from './chatMessageStore.ts';
import { createDeadLetterStore, type DeadLetterStore } from './deadLetterStore.ts';
import { createDeliveryStore, type DeliveryStore } from './deliveryStore.ts';
import { createInboundStore, type InboundStore } from './inboundStore.ts';
import { createPageAuditStore, type PageAuditStore } from './pageAuditStore.ts';
import { createPagePeopleStore, type PagePeopleStore } from './pagePeopleStore.ts';
import { createPoisonQueue, type PoisonQueue } from './poisonQueue.ts';
import { createProcedureStore, type ProcedureStore } from './procedureStore.ts';
import { createRetentionStore, type RetentionStore } from './retentionStore.ts';
import { createRosterStore, type RosterStore } from './rosterStore.ts';
import { createSignInAttemptStore, type SignInAttemptStore } from './signInAttemptStore.ts';
import { createSignInStore, type SignInStore } from './signInStore.ts';
import { createSiteTestStore, type SiteTestStore } from './siteTestStore.ts';
import { createStorageClients, type StorageClients } from './storageClients.ts';
import { createSubscriptionStore, type SubscriptionStore } from './subscriptionStore.ts';
import { createTenantStore, type TenantStore } from './tenantStore.ts';
import { createTimelineStore, type TimelineStore } from './timelineStore.ts';
import { createWatermarkStore, type WatermarkStore } from './watermarkStore.ts';
import { createWorkStore, type WorkStore } from './workStore.ts';

/** Everything that is kept. */
export interface Store {
  clients: StorageClients;
  calls: CallStore;
  callers: CallerStore;
  work: WorkStore;
  deliveries: DeliveryStore;
  bursts: BurstStore;
  timeline: TimelineStore;
  chatMessages: ChatMessageStore;
  deadLetters: DeadLetterStore;
  subscriptions: SubscriptionStore;
  signIn: SignInStore;
  watermarks: WatermarkStore;
  poisonQueue: PoisonQueue;
  alarms: AlarmStore;
  canaries: CanaryStore;
  retention: RetentionStore;
  inbound: InboundStore;
  roster: RosterStore;
  tenant: TenantStore;
  pagePeople: PagePeopleStore;
  pageAudit: PageAuditStore;
  procedures: ProcedureStore;
  signInAttempts: SignInAttemptStore;
  siteTests: SiteTestStore;
}

/** Sends nothing: tables and queues must exist (`infra/` makes them in Azure, the embedded stack on this machine). */
export async function createStore(storage: NonNullable<Settings['storage']>): Promise<Store> {
  const clients = await createStorageClients(storage);
  return {
    clients,
    calls: createCallStore(clients),
    callers: createCallerStore(clients),
    work: createWorkStore(clients),
    deliveries: createDeliveryStore(clients),
    bursts: createBurstStore(clients),
    timeline: createTimelineStore(clients),
    chatMessages: createChatMessageStore(clients),
    deadLetters: createDeadLetterStore(clients),
    subscriptions: createSubscriptionStore(clients),
    signIn: createSignInStore(clients),
    watermarks: createWatermarkStore(clients),
    poisonQueue: createPoisonQueue(clients),
    alarms: createAlarmStore(clients),
    canaries: createCanaryStore(clients),
    retention: createRetentionStore(clients),
    inbound: createInboundStore(clients),
    roster: createRosterStore(clients),
    tenant: createTenantStore(clients),
    pagePeople: createPagePeopleStore(clients),
    pageAudit: createPageAuditStore(clients),
    procedures: createProcedureStore(clients),
    signInAttempts: createSignInAttemptStore(clients),
    siteTests: createSiteTestStore(clients),
  };
}

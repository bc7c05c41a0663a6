import { checkCanaries } from './canaryCheck.ts';
import { checkCertificates } from './certificateCheck.ts';
import { checkChannel } from './channelCheck.ts';
import { checkChats } from './chatsCheck.ts';
import { bySeverity, type Finding, type WatchedPart } from './finding.ts';
import type { Observations } from './observations.ts';
import { checkPeople } from './peopleCheck.ts';
import { checkSettings } from './settingsCheck.ts';
import { checkAppSignIn, checkSignIn } from './signInCheck.ts';
import { checkSiteTests } from './siteTestCheck.ts';
import { checkClock, checkStorage } from './storageCheck.ts';
import { checkSubscriptions } from './subscriptionCheck.ts';
import { checkTenant } from './tenantCheck.ts';
import { checkTimers } from './timerCheck.ts';
import { checkCalls, checkDeadLetters, checkPoison, checkWork } from './workCheck.ts';

/** Everything that is watched, in the order in which somebody at night wants to read it. */
const CHECKS: readonly ((observations: Observations, now: Date) => WatchedPart)[] = [
  checkCalls,
  checkChannel,
  checkPeople,
  checkStorage,
  checkSubscriptions,
  checkSignIn,
  checkAppSignIn,
  checkChats,
  checkCanaries,
  checkWork,
  checkPoison,
  checkDeadLetters,
  checkTimers,
  checkCertificates,
  checkTenant,
  checkSiteTests,
  checkSettings,
  checkClock,
];

/** How every part stands. With the storage down the parts that need it say nothing: that is told once. */
export function watchedParts(observations: Observations, now: Date): WatchedPart[] {
  const parts = CHECKS.map((check) => check(observations, now));
  const isStorageDown = 'failed' in observations.storage;
  return parts.map((part) => (isStorageDown && !part.isSeen ? { ...part, findings: [] } : part));
}

/** What is wrong, the worst first. */
export function findings(observations: Observations, now: Date): Finding[] {
  return watchedParts(observations, now)
    .flatMap((part) => part.findings)
    .sort(bySeverity);
}

import { testNotedWords, testNotFoundWords } from '../messaging/testWords.ts';
import {
  codesOf,
  neverTested,
  noteCalls,
  type SiteTest,
  type TestAnswer,
  type TestedSite,
  type TestRound,
  verdictOf,
  withAnswer,
} from '../oncall/siteTest.ts';
import type { TestReply } from '../oncall/testReply.ts';
import { help, type Letter, noteReply, sendAnswer } from './answerReply.ts';
import type { Services } from './services.ts';
import { isOpenRealCall, newestCalls, testCallsOf } from './siteTestCalls.ts';

/** A test that an answer can mean. */
interface Candidate {
  site: TestedSite;
  tests: SiteTest;
  round: TestRound;
}

/**
 * Records what somebody says that a test call of a site read back. False when it is nothing of that kind: while a real
 * call is open that its sender was told of, only the code of a test makes it one, and never the code of that call. Whoever
 * was not asked cannot answer. Throws when it could not be recorded; doing it again does no harm.
 */
export async function takeTestReply(services: Services, letter: Letter, reply: TestReply): Promise<boolean> {
  const { sender, message } = letter;
  const now = services.now();
  const language = services.languageOf(sender.recipientId);
  const open = sender.told.filter(({ call }) => isOpenRealCall(call, now));
  if (reply.code === null ? open.length > 0 : open.some(({ call }) => call.code === reply.code)) return false;
  const candidates = (await testsOf(services, letter)).filter(({ round }) =>
    reply.code === null ? verdictOf(round.answers) === null : codesOf(round).includes(reply.code),
  );
  const [meant] = candidates;
  if (meant === undefined || candidates.length > 1) {
    // A bare word where nothing was asked may mean anything.
    if (meant === undefined && reply.code === null) return false;
    await noteReply(services, letter, sender.told[0]?.call.id);
    const several = candidates.map(({ site, round }) => ({ siteName: site.name, code: round.code }));
    await help(services, letter, { kind: 'testNotFound', body: testNotFoundWords(several, language) });
    return true;
  }
  const { site } = meant;
  const { answer, said } = reply;
  const { messageSid } = message;
  const tests = await record(services, meant, {
    by: sender.recipientId,
    at: now.toISOString(),
    answer,
    said,
    messageSid,
  });
  const verdict = verdictOf(tests.round?.answers);
  services.log.info('Answer to a test recorded', { site: site.id, by: sender.recipientId, answer, verdict });
  const callId = tests.round?.calls.at(-1)?.id;
  const recordedAt = tests.round?.answers.find((one) => one.messageSid === messageSid)?.at ?? now.toISOString();
  await noteOnTimeline(services, meant, { callId, answer, said, letter, at: recordedAt });
  const outcome = answer === 'right' && verdict === 'wrong' ? 'stillWrong' : answer;
  const body = testNotedWords(outcome, { siteName: site.name, code: meant.round.code }, language);
  await sendAnswer(services, letter, { kind: 'testNoted', body }, callId);
  return true;
}

/** The current test of each site that the sender has to do with, with the calls that nobody has noted yet. */
async function testsOf(services: Services, { sender }: Letter): Promise<Candidate[]> {
  const [rows, calls] = await Promise.all([services.store.siteTests.list(), newestCalls(services)]);
  const known = new Map(rows.map(({ value }) => [value.siteId, value]));
  return services.sites().flatMap((site) => {
    const tests = noteCalls(known.get(site.id) ?? neverTested(site.id), testCallsOf(services, site, calls));
    const { round } = tests;
    return round !== null && mayAnswer(site, round, sender) ? [{ site, tests, round }] : [];
  });
}

/** Those who test the site, the caller, whoever was asked, and whoever was told of the test call. */
function mayAnswer({ test }: TestedSite, { told, calls }: TestRound, { recipientId, told: ofCalls }: Letter['sender']) {
  const isTester = test?.tell.includes(recipientId) ?? false;
  const isCaller = calls.some(({ callerId }) => callerId === recipientId);
  const heardOfIt = calls.some(({ id }) => ofCalls.some(({ call }) => call.id === id));
  return isTester || isCaller || heardOfIt || told.includes(recipientId);
}

/** Should the test have changed meanwhile, it is the one with this code that counts. */
async function record(services: Services, { site, tests, round }: Candidate, answer: TestAnswer): Promise<SiteTest> {
  return services.store.siteTests.update(site.id, (stored) => {
    const noted = noteCalls(stored, tests.round?.calls ?? []);
    if (noted.round && codesOf(noted.round).some((code) => codesOf(round).includes(code)))
      return withAnswer(noted, answer);
    throw new Error(`The test of site ${site.id} has changed`);
  });
}

async function noteOnTimeline(
  { store }: Services,
  { site, round }: Candidate,
  {
    callId,
    answer,
    said,
    letter,
    at,
  }: { callId: string | undefined; letter: Letter } & Pick<TestAnswer, 'answer' | 'said' | 'at'>,
): Promise<void> {
  if (callId === undefined) return;
  const { sender, message } = letter;
  await store.timeline.append(callId, {
    at,
    clock: 'ours',
    kind: 'test.answered',
    key: message.messageSid,
    detail: { by: sender.recipientId, site: site.id, code: round.code, answer, said, body: message.body },
  });
}

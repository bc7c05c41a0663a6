import { SignInError } from '../../shared/graph/signInError.ts';
import type { SubscriptionStore } from '../../shared/store/subscriptionStore.ts';
import { CHAT_SETTINGS, certificateOf, HUB_URL, type RenewalWorld, startRenewalWorld } from './renewalWorld.ts';
import { MINUTE_MS } from './signInWorld.ts';

const CREATE = 'subscriptions.create';
const UPDATE = 'subscriptions.update';
const resourceOf = (policy: string) => `communications/calls/getEmergencyEventsByPolicy(policyName='${policy}')`;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

let world: RenewalWorld;
beforeAll(async () => {
  world = await startRenewalWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.reset();
  world.settings.subscription = { ...CHAT_SETTINGS, lifecycleNotificationUrl: world.lifecycleUrl };
  name('Redmond');
  world.vault.certificates = [await certificate('v1')];
});
afterEach(() => expect(world.graph.refusals()).toEqual([]));

function name(...policyNames: string[]): void {
  const { lifecycleUrl: lifecycleNotificationUrl } = world;
  world.settings.eventSource =
    policyNames.length > 0 ? { policyNames, notificationUrl: HUB_URL, lifecycleNotificationUrl } : null;
}
const certificate = (id: string, expiresAt = new Date(world.now().getTime() + YEAR_MS)) => certificateOf(id, expiresAt);
/** Without the chats, which take their time. */
const renew = (changes: Parameters<RenewalWorld['renewOne']>[1] = {}) =>
  world.renewOne('event:Redmond', { signIn: null, ...changes });
const events = () => world.atGraph(')');
const theOne = () => {
  const [one, ...more] = events();
  expect(more).toEqual([]);
  if (!one) throw new Error('There is no subscription to events');
  return one;
};
const leftMinutes = () => Math.ceil((theOne().expirationDateTime.getTime() - world.now().getTime()) / MINUTE_MS);
/** Graph said 404 of it, or it was recorded by nobody. */
async function forget(how: 'gone' | 'unknown'): Promise<void> {
  const row = await world.subscriptionStore.read('event:Redmond');
  if (!row) throw new Error('nothing recorded');
  const known = how === 'gone' ? row.value.known.map((one) => ({ ...one, state: 'gone' as const })) : [];
  await world.subscriptionStore.replace(row, { ...row.value, known });
}

describe('emergency call events', () => {
  test('are subscribed to for each policy, encrypted, with the token of the app, beside the chats', async () => {
    name('Redmond', "O'Hare, north");
    const { sources } = await world.renew();
    expect(sources.map(({ source, state, failures }) => [source, state, failures])).toEqual(
      expect.arrayContaining([
        ['chat', 'active', []],
        ['event:Redmond', 'active', []],
        ["event:O'Hare, north", 'active', []],
      ]),
    );
    const [redmond, hare] = events().sort((a, b) => b.resource.localeCompare(a.resource));
    expect(redmond).toMatchObject({
      resource: resourceOf('Redmond'),
      changeTypes: ['updated'],
      notificationUrl: HUB_URL,
      lifecycleNotificationUrl: world.lifecycleUrl,
      applicationId: world.graph.identity.clientId,
      encryption: { certificateId: 'v1' },
    });
    expect(hare).toMatchObject({ resource: resourceOf("O''Hare, north") });
    expect(Buffer.from(redmond?.clientState ?? '', 'base64url')).toHaveLength(32);
    expect(redmond?.clientState).not.toBe(hare?.clientState);
    const known = { subscriptionId: redmond?.id, encryptionCertificateId: 'v1', lifeMinutes: 1_440, state: 'active' };
    expect(await world.record('event:Redmond')).toMatchObject({ known: [known], lastFailure: null, lastGap: null });
  });

  test.each([
    ['a day, renewed after half of it', 1_440, 715],
    ['an hour without a lifecycle address, renewed after a third', 60, 15],
  ])('live for %s', async (_what, life, quiet) => {
    if (life === 60 && world.settings.eventSource) world.settings.eventSource.lifecycleNotificationUrl = null;
    await renew();
    expect(leftMinutes()).toBe(life);
    world.advance(quiet * MINUTE_MS);
    expect(await renew()).toMatchObject({ actions: ['confirmed'] });
    world.advance(5 * MINUTE_MS);
    expect(await renew()).toMatchObject({ state: 'active', actions: ['renewed'], reconcileFrom: null });
    expect(leftMinutes()).toBe(life);
  });

  test('of a policy that is named no longer are ended, and its last ones still known as ours for a day', async () => {
    name('Redmond', 'Berlin');
    await world.renew();
    name('Redmond');
    expect(await world.renewOne('event:Berlin')).toMatchObject({ state: 'none', actions: ['removed'] });
    expect(events().map(({ resource }) => resource)).toEqual([resourceOf('Redmond')]);
    expect((await world.record('event:Berlin'))?.known).toMatchObject([{ state: 'gone' }]);
    const deleted = world.asked('subscriptions.delete');
    world.advance(25 * 60 * MINUTE_MS);
    await world.renew();
    expect(await world.record('event:Berlin')).toBeNull();
    expect(world.asked('subscriptions.delete')).toBe(deleted);
  });

  test('of a policy that is named no longer, and that Graph does not end, are ended the next time', async () => {
    await renew();
    name('Berlin');
    world.graph.faults.add({ operation: 'subscriptions.delete', times: 1, effect: { kind: 'status', status: 503 } });
    expect(await renew()).toMatchObject({ failures: [{ action: 'remove', code: '503 ServiceUnavailable' }] });
    expect(events()).toHaveLength(2);
    expect(await renew()).toMatchObject({ actions: ['removed'], failures: [] });
    expect(theOne().resource).toBe(resourceOf('Berlin'));
  });

  test.each(['EMERGENCY_CALLING_POLICIES', 'EVENT_NOTIFICATION_URL', 'NOTIFICATION_URL'])(
    'are not ended because %s cannot be read',
    async (setting) => {
      await renew();
      name();
      await world.renew({ faults: [{ name: setting, problem: 'is none', feature: 'events' }] });
      expect(theOne().resource).toBe(resourceOf('Redmond'));
    },
  );

  test.each([
    ['the identity of the app', { appSignIn: null }],
    ['the settings of Graph', () => ({ settings: { ...world.settings, tenant: null } })],
  ])('are off without %s, and the log says so', async (_what, changes) => {
    expect(await renew(typeof changes === 'function' ? changes() : changes)).toMatchObject({ state: 'off' });
    expect(world.log).toContainEqual(expect.objectContaining({ message: expect.stringContaining('call events') }));
    expect(events()).toEqual([]);
  });
});

describe('a failure', () => {
  test.each([
    ['403', { kind: 'status', status: 403, code: 'Forbidden' }, '403 Forbidden', null],
    ['429', { kind: 'status', status: 429, retryAfterSeconds: 20 }, '429 TooManyRequests', 20_000],
    ['503', { kind: 'status', status: 503 }, '503 ServiceUnavailable', null],
    ['409 for ever', { kind: 'status', status: 409 }, '409', null],
    ['a broken connection', { kind: 'reset' }, 'network', null],
  ] as const)(
    'of the creation (%s) is told, keeps nobody else waiting, and ends',
    async (_what, effect, code, retryAfterMs) => {
      world.graph.faults.add({ operation: CREATE, containing: 'Redmond', effect });
      name('Redmond', 'Berlin');
      const { sources } = await world.renew();
      const by = (source: string) => sources.find((one) => one.source === source);
      expect(by('event:Redmond')).toMatchObject({
        state: 'none',
        failures: [{ action: 'create', code, retryAfterMs }],
      });
      expect(by('event:Berlin')).toMatchObject({ state: 'active', failures: [] });
      expect(by('chat')).toMatchObject({ state: 'active', failures: [] });
      expect(await world.record('event:Redmond')).toMatchObject({ lastFailure: { action: 'create', code } });
      expect(world.errors()).toContainEqual(
        expect.objectContaining({ source: 'event:Redmond', action: 'create', code }),
      );
      world.graph.faults.clear();
      expect(await renew()).toMatchObject({ state: 'active', failures: [] });
      expect((await world.record('event:Redmond'))?.lastFailure).toBeNull();
    },
  );

  test.each([
    ['403', 403, ['confirmed']],
    ['429', 429, []],
    ['503', 503, []],
  ])('of a renewal (%s) leaves what lives, and is told', async (_what, status, actions) => {
    await renew();
    world.advance(720 * MINUTE_MS);
    world.graph.faults.add({ operation: UPDATE, times: 1, effect: { kind: 'status', status } });
    const code = expect.stringContaining(String(status));
    expect(await renew()).toMatchObject({ state: 'active', actions, failures: [{ action: 'renew', code }] });
    expect(await renew()).toMatchObject({ actions: ['renewed'], failures: [] });
  });

  test('of every renewal for a day: created again, and the gap is told, for events cannot be read back', async () => {
    await renew();
    const from = world.now().getTime();
    world.advance(1_441 * MINUTE_MS);
    expect(await renew()).toMatchObject({ state: 'active', actions: ['created'], reconcileFrom: null });
    const gap = (await world.record('event:Redmond'))?.lastGap;
    expect(Date.parse(gap?.from ?? '')).toBeLessThanOrEqual(from);
    expect(Date.parse(gap?.until ?? '')).toBeGreaterThan(from + 1_440 * MINUTE_MS);
    expect(world.errors()).toContainEqual(gap);
    expect(await world.watermarks.list('gap:event')).toEqual([]);
  });

  test('of the sign-in of the service account does not concern events', async () => {
    world.advance(720 * MINUTE_MS);
    await world.instance().signOut();
    const { sources } = await world.renew();
    expect(sources.find(({ source }) => source === 'chat')).toMatchObject({ failures: [{ action: 'signIn' }] });
    expect(sources.find(({ source }) => source === 'event:Redmond')).toMatchObject({ state: 'active', failures: [] });
  });

  test('of the sign-in of the app does not concern chats', async () => {
    const appSignIn = { getAccessToken: () => Promise.reject(new SignInError('appIdentity 500', 'temporary')) };
    const { sources } = await world.renew({ appSignIn });
    expect(sources.find(({ source }) => source === 'chat')).toMatchObject({ state: 'active', failures: [] });
    expect(sources.find(({ source }) => source === 'event:Redmond')).toMatchObject({
      state: 'none',
      failures: [{ action: 'create', code: 'appIdentity 500' }],
    });
  });

  test.each(['chat', 'event:Redmond'] as const)(
    'of the storage at %s keeps no other from its turn',
    async (failing) => {
      const subscriptions: SubscriptionStore = {
        ...world.subscriptionStore,
        read: (source) => (source === failing ? Promise.reject(new Error('no')) : world.subscriptionStore.read(source)),
      };
      const store = { subscriptions, watermarks: world.watermarks };
      await expect(world.renew({ store })).rejects.toThrow('Subscriptions could not be looked after (Error)');
      const resources = world.atGraph().map(({ resource }) => (resource.includes('chats') ? 'chat' : 'event:Redmond'));
      expect(resources).toEqual(['chat', 'event:Redmond'].filter((source) => source !== failing));
    },
  );
});

describe('what is at Graph already (409)', () => {
  test('and known is adopted, with the newest certificate', async () => {
    await renew();
    const { id, clientState } = theOne();
    await forget('gone');
    world.vault.certificates = [await certificate('v2'), ...world.vault.certificates];
    expect(await renew()).toMatchObject({ state: 'active', actions: ['adopted'], failures: [] });
    expect(theOne()).toMatchObject({ id, clientState, encryption: { certificateId: 'v2' } });
    expect((await world.record('event:Redmond'))?.known).toMatchObject([{ encryptionCertificateId: 'v2' }]);
  });

  test('and not known is removed and made anew', async () => {
    await renew();
    const { id } = theOne();
    await forget('unknown');
    expect(await renew()).toMatchObject({ state: 'active', actions: ['removed', 'created'] });
    expect(theOne().id).not.toBe(id);
  });
});

describe('the certificate', () => {
  test('of a new version is taken up at the next run, with a new expiry', async () => {
    await renew();
    const { id } = theOne();
    world.vault.certificates = [await certificate('v2'), ...world.vault.certificates];
    world.advance(5 * MINUTE_MS);
    expect(await renew()).toMatchObject({ state: 'active', actions: ['renewed'] });
    expect(theOne()).toMatchObject({ id, encryption: { certificateId: 'v2' } });
    expect(leftMinutes()).toBe(1_440);
    expect(await renew()).toMatchObject({ actions: ['confirmed'] });
  });

  test('that has expired is never put on', async () => {
    world.vault.certificates = [await certificate('v2', new Date(world.now().getTime() - 1)), await certificate('v1')];
    await renew();
    expect(theOne().encryption?.certificateId).toBe('v1');
  });

  test('that Graph refuses does not end what lives', async () => {
    await renew();
    world.advance(720 * MINUTE_MS);
    world.vault.certificates = [await certificate('v2')];
    const effect = { kind: 'status', status: 400, code: 'InvalidRequest' } as const;
    world.graph.faults.add({ operation: UPDATE, containing: 'encryptionCertificate', effect });
    const failures = [{ action: 'certificate', code: '400 InvalidRequest' }];
    expect(await renew()).toMatchObject({ state: 'active', actions: ['renewed'], failures });
    expect(leftMinutes()).toBe(1_440);
    expect(theOne().encryption?.certificateId).toBe('v1');
  });

  const fail = async (failure: Error) => Object.assign(world.vault, { failure });
  const have = async (...certificates: Awaited<ReturnType<typeof certificate>>[]) =>
    Object.assign(world.vault, { certificates });
  const out: [string, () => Promise<unknown>, string][] = [
    ['the vault does not answer', () => fail(Object.assign(new Error('no'), { code: 'timeout' })), 'Error timeout'],
    ['there is none', () => have(), 'none'],
    ['all have expired', async () => have(await certificate('v9', world.now())), 'expired'],
  ];
  test.each(out)('cannot be had (%s): what lives is renewed as it is, and that is told', async (_what, spoil, code) => {
    await renew();
    world.advance(720 * MINUTE_MS);
    await spoil();
    const failures = [{ action: 'certificate', code }];
    expect(await renew()).toMatchObject({ state: 'active', actions: ['renewed'], failures });
    expect(theOne().encryption?.certificateId).toBe('v1');
    expect(leftMinutes()).toBe(1_440);
  });

  test.each(out)('cannot be had (%s): the creation waits', async (_what, spoil, code) => {
    await spoil();
    expect(await renew()).toMatchObject({ state: 'none', failures: [{ action: 'certificate', code }] });
    expect(events()).toEqual([]);
    Object.assign(world.vault, { certificates: [await certificate('v1')], failure: null });
    expect(await renew()).toMatchObject({ state: 'active', actions: ['created'], failures: [] });
  });
});

describe('instances', () => {
  test('two at once end with one subscription for each policy', async () => {
    name('Redmond', 'Berlin');
    const reports = await Promise.all([world.renew(), world.renew(), world.renew()]);
    const actions = reports.flatMap(({ sources }) => sources.flatMap((one) => one.actions));
    expect(actions).toEqual(['created', 'created', 'created']);
    expect(events()).toHaveLength(2);
  });

  test('one that dies between the answer of Graph and its record: the next ends with one that is known', async () => {
    const dying: SubscriptionStore = {
      ...world.subscriptionStore,
      replace: (row, record) =>
        record.source === 'event:Redmond' && record.known.some(({ state }) => state === 'active')
          ? Promise.reject(new Error('killed'))
          : world.subscriptionStore.replace(row, record),
    };
    await expect(renew({ store: { subscriptions: dying, watermarks: world.watermarks } })).rejects.toThrow();
    expect(await renew()).toMatchObject({ state: 'busy' });
    world.advance(4 * MINUTE_MS);
    expect(await renew()).toMatchObject({ state: 'active', failures: [] });
    const { id, clientState } = theOne();
    expect((await world.record('event:Redmond'))?.known).toMatchObject([{ subscriptionId: id, clientState }]);
  });
});

import type { GraphOptions } from '../../local/graph/graph.ts';
import { certificateOfBits, makeCertificate } from './graphCertificate.ts';
import { CALLER, MINUTE_MS, startWorld, TENANT_ID, type World } from './graphWorld.ts';

const OWNER = makeCertificate();
const NEXT = makeCertificate();
/** P-256. */
const ELLIPTIC =
  'MIIBhDCCASmgAwIBAgIUYn/esHvBR7iUhVHDxjJeAqpmE7swCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLY29udG9zby5jb20wIBcNMjYxMTIxMTY0MTIwWhgPMjEyNjEwMjgxNjQxMjBaMBYxFDASBgNVBAMMC2NvbnRvc28uY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEt2dxN1MveWSjYxXJ2A2dngRZhSG1hNDBQGPPGEN+ooY/Jyz/j8Qf0fm8i1DZF05Hl/i7j4QBoCf1lhean6IreKNTMFEwHQYDVR0OBBYEFLF9oMrjx5aOT0utLcgfVCqbMhsUMB8GA1UdIwQYMBaAFLF9oMrjx5aOT0utLcgfVCqbMhsUMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAKUEhQOd8ZcGC7YkcHRflR6RJc+2/TwwNzHUibPZZ5nMAiEAozmjy0B//DJbtNKJRO0SLJNatFCO8t897N/X22KrMq0=';
const PATH = '/v1.0/subscriptions';
const RESOURCE = "communications/calls/getEmergencyEventsByPolicy(policyName='Global')";

let world: World;
let token: string;
beforeEach(() => start());
afterEach(() => world.graph.close());

async function start(options: Partial<GraphOptions> = {}): Promise<void> {
  world = await startWorld(options);
  token = await world.appToken();
}

const inMinutes = (minutes: number) => new Date(world.now().getTime() + minutes * MINUTE_MS).toISOString();
const create = (changes: Record<string, unknown> = {}) =>
  world.call('POST', PATH, {
    token,
    body: world.subscription({
      changeType: 'updated',
      resource: RESOURCE,
      includeResourceData: true,
      encryptionCertificate: OWNER.certificate,
      encryptionCertificateId: 'first',
      ...changes,
    }),
  });

/** Expects that nothing was made, and gives what Graph said. */
async function refused(answer: ReturnType<typeof create>): Promise<{ status: number; code: string; message: string }> {
  const before = world.graph.subscriptions().length;
  const { status, body } = await answer;
  expect(world.graph.subscriptions()).toHaveLength(before);
  return { status, code: body.error?.code, message: body.error?.message };
}

test('is made for the managed identity, which is told its id and not its certificate', async () => {
  const { status, body } = await create();
  expect({ status, body }).toMatchObject({
    status: 201,
    body: {
      resource: RESOURCE,
      applicationId: world.graph.identity.clientId,
      changeType: 'updated',
      clientState: 'a-secret-that-only-graph-knows',
      creatorId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      includeResourceData: true,
      encryptionCertificate: null,
      encryptionCertificateId: 'first',
    },
  });
});

describe('is refused', () => {
  test.each([
    ['changeType', 'created', 400, 'InvalidRequest', /Invalid changeType 'created': supported .+ are updated\./],
    ['changeType', 'updated,deleted', 400, 'InvalidRequest', /Invalid changeType 'deleted'/],
    ['includeResourceData', undefined, 400, 'InvalidRequest', /includeResourceData must be true/],
    ['includeResourceData', false, 400, 'InvalidRequest', /includeResourceData must be true/],
    ['includeResourceData', 'true', 400, 'BadRequest', /property includeResourceData to a boolean/],
    ['encryptionCertificate', undefined, 400, 'InvalidRequest', /^encryptionCertificate is a required property/],
    ['encryptionCertificateId', undefined, 400, 'InvalidRequest', /^encryptionCertificateId is a required property/],
    ['encryptionCertificateId', 'x'.repeat(129), 400, 'InvalidRequest', /longer than 128/],
    ['encryptionCertificate', 'AAAAB3NzaC1yc2E=', 400, 'InvalidRequest', /error: Cannot find the requested object\.$/],
    ['encryptionCertificate', 'MIIB', 400, 'InvalidRequest', /error: Cannot find the requested object\.$/],
    ['encryptionCertificate', `${OWNER.certificate}!`, 400, 'InvalidRequest', /Cannot find the requested object/],
    ['encryptionCertificate', asPem(OWNER.certificate), 400, 'InvalidRequest', /Cannot find the requested object/],
    [
      'encryptionCertificate',
      Buffer.from(asPem(OWNER.certificate)).toString('base64'),
      400,
      'InvalidRequest',
      /Cannot find the requested object/,
    ],
    ['encryptionCertificate', ELLIPTIC, 400, 'InvalidRequest', /must be of type RSA/],
    ['encryptionCertificate', certificateOfBits(2_040), 400, 'InvalidRequest', /2048 to 4096 bits/],
    ['encryptionCertificate', certificateOfBits(4_104), 400, 'InvalidRequest', /2048 to 4096 bits/],
    ['resource', RESOURCE.replace('Global', ''), 400, 'BadRequest', /knows no subscription/],
    ['resource', RESOURCE.replace('Global', "O'Brien"), 400, 'BadRequest', /knows no subscription/],
    ['resource', RESOURCE.replace('Global', 'Redmond%20HQ'), 501, 'notImplemented', /decodes a policy name/],
    ['resource', '/communications/calls', 400, 'BadRequest', /knows no subscription/],
    ['resource', '/me/chats', 403, 'Forbidden', /requires one of 'Chat\.ReadBasic\.All/],
  ])('for %s = %.40s', async (name, value, status, code, message) => {
    expect(await refused(create({ [name]: value }))).toEqual({ status, code, message: expect.stringMatching(message) });
    expect(world.takeEvents()).toEqual([]);
  });

  test('for a user, and without the role', async () => {
    token = (await world.signIn()).access_token;
    expect(await refused(create())).toEqual({ status: 403, code: 'Forbidden', message: 'Forbidden' });
    await world.graph.close();
    await start({ managedIdentity: { roles: [] } });
    expect(await refused(create())).toEqual({
      status: 403,
      code: 'Forbidden',
      message:
        "Missing role permissions on the request. API requires one of 'CallEvents-Emergency.Read.All'. Roles on the request ''.",
    });
  });

  test.each([
    [60 + 1 / 60_000, 'InvalidRequest', /^lifecycleNotificationUrl is a required property/],
    [1_440 + 1 / 60_000, 'ExtensionError', /^Subscription expiration can only be 1440 minutes in the future\.$/],
  ])('for an end in %d minutes', async (minutes, code, message) => {
    const answer = await refused(create({ expirationDateTime: inMinutes(minutes) }));
    expect(answer).toEqual({ status: 400, code, message: expect.stringMatching(message) });
  });

  test('for a second one to the same policy', async () => {
    const { id } = (await create()).body;
    expect(await refused(create({ resource: `/${RESOURCE}` }))).toEqual({
      status: 409,
      code: 'ObjectIdentifierInUse',
      message: `Subscription Id ${id} already exists for the requested combination`,
    });
    expect((await create({ resource: RESOURCE.replace('Global', 'Redmond HQ') })).status).toBe(201);
  });
});

function asPem(certificate: string): string {
  return `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`;
}

test('is nothing to a user of another app, and theirs is nothing to it', async () => {
  const { id } = (await create()).body;
  const own = token;
  const user = (await world.signIn()).access_token;
  token = user;
  const chats = (await world.call('POST', PATH, { token, body: world.subscription() })).body.id;
  for (const [asking, seen, unseen] of [
    [own, id, chats],
    [user, chats, id],
  ] as const) {
    const listed = (await world.call('GET', PATH, { token: asking })).body.value;
    expect(listed.map((one) => one.id)).toEqual([seen]);
    expect((await world.call('GET', `${PATH}/${unseen}`, { token: asking })).status).toBe(404);
    expect((await world.call('DELETE', `${PATH}/${unseen}`, { token: asking })).status).toBe(404);
  }
});

test('an app sees what it made for its users, too', async () => {
  await world.graph.close();
  await start({ managedIdentity: { clientId: '00001111-aaaa-2222-bbbb-3333cccc4444' } });
  await create();
  const user = (await world.signIn()).access_token;
  await world.call('POST', PATH, { token: user, body: world.subscription() });
  expect((await world.call('GET', PATH, { token })).body.value).toHaveLength(2);
  expect((await world.call('GET', PATH, { token: user })).body.value).toHaveLength(1);
});

describe('that is there', () => {
  let id: string;
  beforeEach(async () => {
    id = (await create()).body.id;
    world.takeEvents();
  });
  const patch = (body: unknown) => world.call('PATCH', `${PATH}/${id}`, { token, body });
  const rotation = { encryptionCertificate: NEXT.certificate, encryptionCertificateId: 'second' };

  async function readableBy(): Promise<string> {
    await world.graph.emergency.placeEmergencyCall({ caller: CALLER, numberDialed: '911', sources: ['event'] });
    const [notification] = world.takeNotifications();
    const content = notification?.encryptedContent;
    if (!content) throw new Error('The notification holds no resource data');
    const owner = content.encryptionCertificateThumbprint === NEXT.thumbprint ? NEXT : OWNER;
    expect(JSON.parse(owner.decrypt(content))).toMatchObject({ emergencyCallEvent: { callEventType: 'callStarted' } });
    return `${content.encryptionCertificateId} ${owner === NEXT ? 'NEXT' : 'OWNER'}`;
  }

  test('is renewed with another certificate, in which all that follows is encrypted', async () => {
    expect(await readableBy()).toBe('first OWNER');
    world.advance(20 * MINUTE_MS);
    const { status, body } = await patch({ expirationDateTime: inMinutes(60), ...rotation });
    expect({ status, expires: body.expirationDateTime, certificate: body.encryptionCertificateId }).toEqual({
      status: 200,
      expires: '2026-03-02T10:20:00.000Z',
      certificate: 'second',
    });
    expect(await readableBy()).toBe('second NEXT');
  });

  test('takes another certificate alone, and keeps its end', async () => {
    const { status, body } = await patch(rotation);
    expect({ status, expires: body.expirationDateTime }).toEqual({ status: 200, expires: '2026-03-02T10:00:00.000Z' });
    expect(await readableBy()).toBe('second NEXT');
  });

  test.each([
    [{ ...rotation, encryptionCertificateId: undefined }, 400, /^encryptionCertificateId is a required property/],
    [{ ...rotation, encryptionCertificate: undefined }, 400, /^encryptionCertificate is a required property/],
    [{ ...rotation, encryptionCertificate: ELLIPTIC }, 400, /must be of type RSA/],
    [{ ...rotation, expirationDateTime: '2026-03-03T09:00:00.001Z' }, 400, /1440 minutes/],
    [{ ...rotation, includeResourceData: false }, 501, /PATCH of includeResourceData/],
  ])('stays as it is after a PATCH of %j', async (body, status, message) => {
    const answer = await patch(body);
    expect({ status: answer.status, message: answer.body.error.message }).toEqual({
      status,
      message: expect.stringMatching(message),
    });
    expect(world.graph.subscriptions()[0]?.expirationDateTime.toISOString()).toBe('2026-03-02T10:00:00.000Z');
    expect(await readableBy()).toBe('first OWNER');
  });

  test('is reauthorized and deleted by the identity', async () => {
    expect((await world.call('POST', `${PATH}/${id}/reauthorize`, { token })).status).toBe(204);
    expect((await world.call('DELETE', `${PATH}/${id}`, { token })).status).toBe(204);
    expect(world.graph.subscriptions()).toEqual([]);
  });

  test('ends after its life', async () => {
    world.advance(60 * MINUTE_MS);
    await world.graph.emergency.placeEmergencyCall({ caller: CALLER, numberDialed: '911' });
    expect(world.takeEvents()).toEqual([]);
    expect((await create()).status).toBe(201);
  });
});

test('a certificate of a subscription without resource data cannot be changed', async () => {
  token = (await world.signIn()).access_token;
  const { id } = (await world.call('POST', PATH, { token, body: world.subscription() })).body;
  const body = { encryptionCertificate: NEXT.certificate, encryptionCertificateId: TENANT_ID };
  expect((await world.call('PATCH', `${PATH}/${id}`, { token, body })).status).toBe(501);
});

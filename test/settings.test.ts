import { readSettings } from '../shared/settings.ts';

const GOOD = {
  TENANT_ID: '00001111-aaaa-2222-bbbb-3333cccc4444',
  CLIENT_ID: '11112222-bbbb-3333-cccc-4444dddd5555',
  SERVICE_ACCOUNT: 'emergency@contoso.com',
  TOKEN_CACHE_KEY: Buffer.alloc(32, 7).toString('base64'),
  NOTIFICATION_URL: 'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'not-a-secret',
  TWILIO_FROM: '+14255550100',
  AlertStorage: 'UseDevelopmentStorage=true',
  EventHubConnection:
    'Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=bm90LWEta2V5',
};

const faultOf = (changes: Record<string, string | undefined>, name: string) =>
  readSettings({ ...GOOD, ...changes }).faults.find((fault) => fault.name === name);

test('good settings have no fault, and what is not set has its default', () => {
  const { settings, faults } = readSettings(GOOD);
  expect(faults).toEqual([]);
  expect(settings).toMatchObject({
    graph: { graphBaseUrl: 'https://graph.microsoft.com', authorityHost: 'https://login.microsoftonline.com' },
    subscription: { lifecycleNotificationUrl: null },
    twilio: { credentials: { kind: 'authToken' }, sender: { kind: 'number', from: '+14255550100' }, baseUrl: null },
    rosterFile: 'roster.json',
    lastResortNumbers: [],
    smsDetail: 'full',
    callsToldAlone: 3,
    testNumbers: ['933'],
    defaultCountry: 'US',
  });
});

test('every missing setting is named at once', () => {
  const { settings, faults } = readSettings({});
  expect(faults.map(({ name, problem }) => `${name} ${problem}`)).toEqual([
    'TENANT_ID is missing',
    'CLIENT_ID is missing',
    'SERVICE_ACCOUNT is missing',
    'TOKEN_CACHE_KEY is missing',
    'NOTIFICATION_URL is missing',
    'TWILIO_ACCOUNT_SID is missing',
    'TWILIO_AUTH_TOKEN is missing',
    'TWILIO_FROM is missing',
    'AlertStorage is missing',
    'EventHubConnection is missing',
  ]);
  expect(settings).toMatchObject({ graph: null, subscription: null, twilio: null, storage: null });
});

test('a bad setting switches off its own feature only', () => {
  const { settings, faults } = readSettings({ ...GOOD, TENANT_ID: 'contoso' });
  expect(faults).toHaveLength(1);
  expect(settings.graph).toBeNull();
  expect(settings.twilio).not.toBeNull();
  expect(settings.storage).not.toBeNull();
});

test.each([
  ['TENANT_ID', 'contoso.com', /must be a GUID/],
  ['SERVICE_ACCOUNT', 'emergency', /must be the UPN/],
  ['TOKEN_CACHE_KEY', 'c2hvcnQ=', /must be 32 bytes in Base64/],
  ['GRAPH_BASE_URL', 'http://graph.example.com', /must begin with https/],
  ['GRAPH_BASE_URL', 'https://graph.microsoft.com/v1.0', /without a path/],
  ['AUTHORITY_HOST', 'login.microsoftonline.com', /must be an address/],
  ['NOTIFICATION_URL', 'https://contoso.servicebus.windows.net', /must read EventHub:https/],
  ['LIFECYCLE_NOTIFICATION_URL', 'http://contoso.com/api/lifecycle', /must be an HTTPS address/],
  ['TWILIO_ACCOUNT_SID', 'SK123', /must be an account SID/],
  ['TWILIO_FROM', '425-555-0100', /must be E.164/],
  ['LAST_RESORT_NUMBERS', '+14255550101, 911', /must be E.164/],
  ['AlertStorage', 'nonsense', /must be a connection string/],
  ['SMS_DETAIL', 'short', /must be full or minimal/],
  ['CALLS_TOLD_ALONE', 'three', /must be a whole number from 0 to 99/],
  ['CALLS_TOLD_ALONE', '-1', /must be a whole number from 0 to 99/],
  ['TEST_NUMBERS', '933,abc', /must be numbers/],
  ['TEST_NUMBERS', '933,911', /must not be a real emergency number/],
  ['DEFAULT_COUNTRY', 'usa', /two capital letters/],
  ['EXTRA_EMERGENCY_PHRASES', '{not json', /must be JSON/],
  ['EXTRA_EMERGENCY_PHRASES', '{"language":"de"}', /must be a list/],
])('%s = %s is refused with a reason', (name, value, problem) => {
  expect(faultOf({ [name]: value }, name)?.problem).toMatch(problem);
});

test('how many calls are told alone: when that cannot be read, all are', () => {
  expect(readSettings({ ...GOOD, CALLS_TOLD_ALONE: '12' }).settings.callsToldAlone).toBe(12);
  expect(readSettings({ ...GOOD, CALLS_TOLD_ALONE: 'some' }).settings.callsToldAlone).toBe(0);
});

test('a last-resort number that is none does not take the others with it', () => {
  const { settings, faults } = readSettings({ ...GOOD, LAST_RESORT_NUMBERS: '+14255550101; 911,+14255550102' });
  expect(settings.lastResortNumbers).toEqual(['+14255550101', '+14255550102']);
  expect(faults.map(({ name }) => name)).toEqual(['LAST_RESORT_NUMBERS']);
});

test.each([
  ['TWILIO_BASE_URL', 'twilio'],
  ['GRAPH_BASE_URL', 'graph'],
  ['AUTHORITY_HOST', 'graph'],
] as const)('a bad %s never becomes the address of the real service', (name, feature) => {
  expect(readSettings({ ...GOOD, [name]: 'http://pretend.example.com' }).settings[feature]).toBeNull();
});

test('a fault never repeats the value, which may be a secret', () => {
  const secret = 'hunter2-hunter2';
  const values = Object.fromEntries(Object.keys(GOOD).map((name) => [name, secret]));
  const { faults } = readSettings({ ...values, SMS_DETAIL: secret, TWILIO_API_KEY_SID: secret });
  expect(faults.length).toBeGreaterThan(5);
  expect(JSON.stringify(faults)).not.toContain(secret);
});

test('a Key Vault reference that was not resolved counts as missing, and says why', () => {
  const reference = '@Microsoft.KeyVault(SecretUri=https://contoso.vault.azure.net/secrets/twilio)';
  const { settings, faults } = readSettings({ ...GOOD, TWILIO_AUTH_TOKEN: reference });
  expect(settings.twilio).toBeNull();
  expect(faults).toEqual([
    expect.objectContaining({ name: 'TWILIO_AUTH_TOKEN', problem: expect.stringMatching(/not resolved/) }),
  ]);
});

test('an API key stands in for the auth token, a messaging service for the number', () => {
  const { settings, faults } = readSettings({
    ...GOOD,
    TWILIO_AUTH_TOKEN: undefined,
    TWILIO_API_KEY_SID: `SK${'1'.repeat(32)}`,
    TWILIO_API_KEY_SECRET: 'not-a-secret',
    TWILIO_FROM: undefined,
    TWILIO_MESSAGING_SERVICE_SID: `MG${'2'.repeat(32)}`,
  });
  expect(faults).toEqual([]);
  expect(settings.twilio).toMatchObject({ credentials: { kind: 'apiKey' }, sender: { kind: 'messagingService' } });
});

test('storage by address needs both services', () => {
  const addresses = {
    AlertStorage: undefined,
    AlertStorage__tableServiceUri: 'https://contoso.table.core.windows.net',
  };
  expect(faultOf(addresses, 'AlertStorage__queueServiceUri')?.problem).toBe('is missing');
  const both = { ...addresses, AlertStorage__queueServiceUri: 'https://contoso.queue.core.windows.net' };
  expect(readSettings({ ...GOOD, ...both }).faults).toEqual([]);
});

const POLICIES = {
  EMERGENCY_CALLING_POLICIES: 'Global; Security desk, Global',
  ENCRYPTION_CERTIFICATE: 'https://contoso.vault.azure.net/certificates/emergency-alerts',
};

test('the event source goes where the chats go, unless it has an address of its own', () => {
  const { settings, faults } = readSettings({ ...GOOD, ...POLICIES });
  expect(faults).toEqual([]);
  expect(settings.eventSource).toEqual({
    policyNames: ['Global', 'Security desk'],
    notificationUrl: GOOD.NOTIFICATION_URL,
    lifecycleNotificationUrl: null,
  });
  expect(settings.encryptionCertificate).toEqual({
    vaultUrl: 'https://contoso.vault.azure.net',
    name: 'emergency-alerts',
  });
  const door = 'https://contoso.azurewebsites.net/api/graph/notifications';
  const own = readSettings({ ...GOOD, ...POLICIES, EVENT_NOTIFICATION_URL: door });
  expect(own.settings.eventSource?.notificationUrl).toBe(door);
});

test.each([
  ['over HTTPS', 'https://contoso.azurewebsites.net/api/graph/notifications', ['MANAGED_IDENTITY_CLIENT_ID']],
  ['through the hub', GOOD.NOTIFICATION_URL, []],
])('events %s without the client id of the identity that Graph names in its tokens', (_, address, names) => {
  const { settings, faults } = readSettings({ ...GOOD, ...POLICIES, EVENT_NOTIFICATION_URL: address });
  expect(settings.eventSource).toMatchObject({ notificationUrl: address });
  expect(faults.map(({ name }) => name)).toEqual(names);
});

test.each([
  ['EVENT_NOTIFICATION_URL', 'http://contoso.com/door'],
  ['EVENT_NOTIFICATION_URL', 'EventHub:contoso'],
  ['ENCRYPTION_CERTIFICATE', 'emergency-alerts'],
  ['ENCRYPTION_CERTIFICATE', 'https://contoso.vault.azure.net/certificates/name/0123'],
  ['ENCRYPTION_CERTIFICATE', 'http://contoso.vault.azure.net/certificates/name'],
  ['MANAGED_IDENTITY_CLIENT_ID', 'identity'],
  ['HEARTBEAT_URL', 'http://contoso.com'],
  ['CHAT_RESOURCE_DATA', 'yes'],
])('%s=%s is refused, and the chats go on as before', (name, value) => {
  const { settings, faults } = readSettings({ ...GOOD, ...POLICIES, [name]: value });
  expect(faults.map((fault) => fault.name)).toEqual([name]);
  expect(settings.subscription).toMatchObject({ notificationUrl: GOOD.NOTIFICATION_URL });
});

test('the event source without its certificate is a fault, and no source without policies', () => {
  expect(faultOf({ ...POLICIES, ENCRYPTION_CERTIFICATE: undefined }, 'ENCRYPTION_CERTIFICATE')?.problem).toBe(
    'is missing',
  );
  expect(readSettings({ ...GOOD, EMERGENCY_CALLING_POLICIES: ' ; ' }).settings.eventSource).toBeNull();
});

test.each([
  ['LEGAL_HOLD', 'yes'],
  ['RETENTION_CALL_DAYS', '0'],
  ['RETENTION_RAW_DAYS', '-1'],
  ['RETENTION_OTHER_MESSAGE_DAYS', 'one'],
])('%s=%s: a retention that is unclear removes nothing', (name, value) => {
  const { settings, faults } = readSettings({ ...GOOD, [name]: value });
  expect(faults.map((fault) => fault.name)).toEqual([name]);
  expect(settings.retention.legalHold).toBe(true);
});

test.each(['CLIENT_ID', 'SERVICE_ACCOUNT', 'TOKEN_CACHE_KEY', 'TWILIO_AUTH_TOKEN', 'HEARTBEAT_URL'])(
  'a bad %s leaves the event source as it is',
  (name) => {
    const { settings } = readSettings({ ...GOOD, ...POLICIES, [name]: '@Microsoft.KeyVault(SecretUri=x)' });
    expect(settings.tenant).not.toBeNull();
    expect(settings.eventSource).not.toBeNull();
    expect(settings.encryptionCertificate).not.toBeNull();
  },
);

describe('the other channels', () => {
  const KEY = Buffer.alloc(32, 7).toString('base64');
  const HOOK = { WEBHOOK_URL: 'https://hooks.contoso.com/calls', WEBHOOK_SECRET: `whsec_${KEY}` };

  test('are off, without a fault, where nothing is set', () => {
    const { settings, faults } = readSettings(GOOD);
    expect(faults).toEqual([]);
    expect(settings).toMatchObject({ email: null, teamsWorkflowUrl: null, webhook: null });
  });

  test('e-mail by the managed identity, or by a connection string', () => {
    const from = { EMAIL_FROM: 'alerts@contoso.com' };
    const endpoint = 'https://contoso.communication.azure.com';
    const email = (given: Record<string, string>) => readSettings({ ...GOOD, ...from, ...given }).settings.email;
    expect(email({ EMAIL_ENDPOINT: `${endpoint}/` })).toEqual({ endpoint, accessKey: null, from: from.EMAIL_FROM });
    expect(email({ EMAIL_CONNECTION_STRING: `endpoint=${endpoint}/;accesskey=${KEY}` })).toEqual({
      ...{ endpoint, accessKey: KEY, from: from.EMAIL_FROM },
    });
  });

  test('a webhook with two secrets while its receiver changes over', () => {
    const secrets = `whsec_${KEY}, whsec_${Buffer.alloc(24, 8).toString('base64')}`;
    expect(readSettings({ ...GOOD, ...HOOK, WEBHOOK_SECRET: secrets }).settings.webhook).toEqual({
      url: HOOK.WEBHOOK_URL,
      secrets: [Buffer.alloc(32, 7), Buffer.alloc(24, 8)],
    });
  });

  test.each<[string, Record<string, string>, string]>([
    ['EMAIL_FROM', { EMAIL_ENDPOINT: 'https://contoso.communication.azure.com' }, 'is missing'],
    ['EMAIL_ENDPOINT', { EMAIL_FROM: 'alerts@contoso.com' }, 'is missing, and so is EMAIL_CONNECTION_STRING'],
    ['EMAIL_ENDPOINT', { EMAIL_FROM: 'alerts@contoso.com', EMAIL_ENDPOINT: 'http://contoso.com' }, 'must begin with'],
    ['EMAIL_FROM', { EMAIL_FROM: 'contoso.com', EMAIL_ENDPOINT: 'https://contoso.com' }, 'must be an address'],
    [
      'EMAIL_CONNECTION_STRING',
      // A key that cannot be read never falls back on the identity.
      { EMAIL_FROM: 'a@contoso.com', EMAIL_ENDPOINT: 'https://contoso.com', EMAIL_CONNECTION_STRING: 'accesskey=x' },
      'must be a connection string',
    ],
    ['TEAMS_WORKFLOW_URL', { TEAMS_WORKFLOW_URL: 'http://contoso.com/flow' }, 'must be an HTTPS address'],
    ['WEBHOOK_URL', { ...HOOK, WEBHOOK_URL: 'hooks.contoso.com' }, 'must be an HTTPS address'],
    ['WEBHOOK_SECRET', { WEBHOOK_URL: HOOK.WEBHOOK_URL }, 'is missing'],
    ['WEBHOOK_SECRET', { ...HOOK, WEBHOOK_SECRET: KEY }, 'must be whsec_'],
    ['WEBHOOK_SECRET', { ...HOOK, WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }, 'must be 24 to 64 bytes'],
    ['WEBHOOK_SECRET', { ...HOOK, WEBHOOK_SECRET: `whsec_${KEY} ${KEY}` }, 'must be whsec_'],
  ])('%s of %j is a fault, which switches off that channel alone', (name, given, problem) => {
    const { settings, faults } = readSettings({ ...GOOD, ...given });
    expect(faults).toEqual([{ name, problem: expect.stringContaining(problem), feature: expect.any(String) }]);
    expect(settings).toMatchObject({ email: null, teamsWorkflowUrl: null, webhook: null });
    expect(settings.twilio).not.toBeNull();
  });
});

describe('the map of the page', () => {
  const tiles = 'https://atlas.microsoft.com/map/tile?zoom={z}&x={x}&y={y}';

  test('without a service there is none', () => {
    expect(readSettings(GOOD).settings.map).toBeNull();
    expect(readSettings({ ...GOOD, MAP_ATTRIBUTION: 'Contoso' }).settings.map).toBeNull();
  });

  test('with one, whom to name may be left out', () => {
    const map = (given: Record<string, string>) =>
      readSettings({ ...GOOD, MAP_TILES_URL: tiles, ...given }).settings.map;
    expect(map({})).toEqual({ tileUrl: tiles, attribution: '' });
    expect(map({ MAP_ATTRIBUTION: '© Microsoft' })).toEqual({ tileUrl: tiles, attribution: '© Microsoft' });
  });

  test.each([
    'https://atlas.microsoft.com/map/tile?zoom={z}&x={x}',
    'http://tiles.contoso.com/{z}/{x}/{y}.png',
    'tiles/{z}/{x}/{y}.png',
    'javascript:{z}{x}{y}',
  ])('%s is a fault, and nothing but the map is off', (MAP_TILES_URL) => {
    const { settings, faults } = readSettings({ ...GOOD, MAP_TILES_URL });
    const problem = 'must be an HTTPS address with {z}, {x} and {y}';
    expect(faults).toEqual([{ name: 'MAP_TILES_URL', problem, feature: 'the map of the page' }]);
    expect(settings.map).toBeNull();
  });

  test('a host with a gap to fill is a fault: the page may load from one origin only', () => {
    const { faults } = readSettings({ ...GOOD, MAP_TILES_URL: 'https://{s}.tiles.contoso.com/{z}/{x}/{y}.png' });
    expect(faults.map(({ problem }) => problem)).toEqual(['must have a host without {}']);
  });
});

import * as z from 'zod';

/** Which directory, and where its Graph and sign-in are: all that the app's own identity needs. */
export interface TenantSettings {
  tenantId: string;
  /** Origin of Microsoft Graph, without a path. */
  graphBaseUrl: string;
  /** Origin of the sign-in service, without a path. */
  authorityHost: string;
}

/** What reading the service account's chats needs beside. */
export interface GraphSettings extends TenantSettings {
  clientId: string;
  /** UPN of the account that Teams notifies; only this account may be signed in. */
  serviceAccount: string;
  /** 32 bytes: AES-256 key of the stored token cache. */
  tokenCacheKey: Buffer;
}

export interface SubscriptionSettings {
  /** Where Graph puts notifications: `EventHub:https://<namespace>/eventhubname/<hub>?tenantId=<domain>`. */
  notificationUrl: string;
  /** HTTPS address for lifecycle notifications; without one, subscriptions live 60 minutes at most. */
  lifecycleNotificationUrl: string | null;
  /** Whether chat messages come encrypted with their notification; else each is fetched. */
  chatResourceData: 'none' | 'encrypted';
}

/** Emergency call events: one subscription for each emergency calling policy, with the app's own token. */
export interface EventSourceSettings {
  /** Names of emergency calling policies, as Teams has them. */
  policyNames: string[];
  /** Where Graph puts events: the Event Hub, or our HTTPS door. */
  notificationUrl: string;
  /** As for the chats. */
  lifecycleNotificationUrl: string | null;
}

/** The account's auth token beside it: Twilio signs what it sends with nothing else. */
interface ApiKey {
  kind: 'apiKey';
  sid: string;
  secret: string;
  authToken?: string;
}

export interface TwilioSettings {
  accountSid: string;
  credentials: { kind: 'authToken'; authToken: string } | ApiKey;
  sender: { kind: 'number'; from: string } | { kind: 'messagingService'; messagingServiceSid: string };
  /** Another auth token with which Twilio may sign what it sends, while it changes. */
  secondaryAuthToken?: string | null;
  /** Origin that replaces https://api.twilio.com; `null` for the real one. */
  baseUrl: string | null;
}

/** Pictures of the map on the page. Whoever serves them hears which places are looked at. */
export interface MapSettings {
  /** With `{z}`, `{x}` and `{y}`, as Leaflet fills them in. */
  tileUrl: string;
  /** Shown on the map, as text: most services ask for it. */
  attribution: string;
}

/** Azure Communication Services Email. */
export interface EmailSettings {
  /** Origin of the resource. */
  endpoint: string;
  /** Base64; `null`: the managed identity's token. */
  accessKey: string | null;
  /** Address of a domain that the resource may send from. */
  from: string;
}

export interface WebhookSettings {
  url: string;
  /** With each of them events are signed; more than one while a receiver changes its secret. */
  secrets: Buffer[];
}

export interface Settings {
  tenant: TenantSettings | null;
  graph: GraphSettings | null;
  subscription: SubscriptionSettings | null;
  /** `null` also where no policy is named: then the chats are the only source. */
  eventSource: EventSourceSettings | null;
  /** The Key Vault certificate with which Graph encrypts; its versions are what is used. */
  encryptionCertificate: { vaultUrl: string; name: string } | null;
  /** Client id of the user-assigned managed identity; `null` for the system-assigned one. */
  managedIdentityClientId: string | null;
  /** Asked for each minute while all is well, so that somebody outside notices when it is not. */
  heartbeatUrl: string | null;
  twilio: TwilioSettings | null;
  /** Origin under which Twilio reaches the function app; `null`: nobody calls in, and what Twilio knows is asked for. */
  publicUrl: string | null;
  email: EmailSettings | null;
  /** Where a Teams workflow takes the card of an alert. Whoever knows it can post there. */
  teamsWorkflowUrl: string | null;
  webhook: WebhookSettings | null;
  /** Storage of the product: a connection string, or the two service addresses for the managed identity. */
  storage:
    | { connectionString: string }
    | { tableServiceUri: string; queueServiceUri: string; clientId: string | null }
    | null;
  /** The Event Hub that Graph fills, as the canary reaches it. */
  eventHub: { connectionString: string } | { fullyQualifiedNamespace: string } | null;
  rosterFile: string;
  /** Told when the roster names nobody who can be reached. E.164. */
  lastResortNumbers: string[];
  smsDetail: 'full' | 'minimal';
  /** `null`: the page draws no map. */
  map: MapSettings | null;
  /** Of how many calls in a minute each person is told one by one; further ones come as a list. 0: all one by one. */
  callsToldAlone: number;
  testNumbers: string[];
  /** ISO 3166-1 alpha-2: how numbers without a country code are read. */
  defaultCountry: string;
  /** Added to the phrases the product knows. */
  extraPhrases: { language: string; phrase: string }[];
  /** After how many days `purge` removes what is kept; nothing is removed while `legalHold` is on. */
  retention: { callDays: number; rawDays: number; otherMessageDays: number; legalHold: boolean };
}

/** A setting that cannot be used, in an administrator's words. `problem` never holds the value. */
export interface SettingFault {
  name: string;
  problem: string;
  /** What does not work because of it. */
  feature: string;
}

export interface SettingsReading {
  settings: Settings;
  faults: SettingFault[];
}

const guid = z.guid('must be a GUID, such as 00001111-aaaa-2222-bbbb-3333cccc4444');
const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be E.164 numbers, such as +14255550100');
const isLocal = (url: URL) => url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
const isHttpsOrLocal = (value: string) =>
  URL.canParse(value) && (new URL(value).protocol === 'https:' || isLocal(new URL(value)));
const origin = z
  .url('must be an address, such as https://graph.microsoft.com')
  .transform((value) => new URL(value))
  .refine((url) => url.pathname === '/' && url.search === '', 'must be an address without a path')
  .refine(
    (url) => url.protocol === 'https:' || isLocal(url),
    'must begin with https:// (http:// is for this machine only)',
  )
  .transform((url) => url.origin);
const tileAddress = z
  .string()
  .refine(
    (value) => isHttpsOrLocal(value) && ['{z}', '{x}', '{y}'].every((part) => value.includes(part)),
    'must be an HTTPS address with {z}, {x} and {y}',
  )
  // The page may load pictures from one origin only.
  .refine((value) => !/^\w+:\/\/[^/]*\{/.test(value), 'must have a host without {}');
const httpsAddress = z.string().refine(isHttpsOrLocal, 'must be an HTTPS address');
const notificationAddress =
  'must read EventHub:https://<namespace>.servicebus.windows.net/eventhubname/<hub>?tenantId=<domain>, or be an HTTPS address';
const eventHubAddress = z
  .string()
  .regex(
    /^EventHub:https:\/\/.+\/eventhubname\/.+/,
    'must read EventHub:https://<namespace>.servicebus.windows.net/eventhubname/<hub>?tenantId=<domain>',
  );
const certificateAddress = z
  .string()
  .refine(isHttpsOrLocal, 'must read https://<vault>.vault.azure.net/certificates/<name>')
  .transform((value) => new URL(value))
  .refine(
    (url) => /^\/certificates\/[0-9A-Za-z-]{1,80}\/?$/.test(url.pathname),
    'must read https://<vault>.vault.azure.net/certificates/<name>, without a version',
  )
  .transform((url) => ({ vaultUrl: url.origin, name: url.pathname.split('/')[2] ?? '' }));
/** Names may hold spaces, so a comma or a semicolon parts them. */
const policyNameList = z.string().transform((value) => [
  ...new Set(
    value
      .split(/[,;\n]/)
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
]);
/** Numbers are parted by commas; a semicolon or a space does as well. */
const separated = z.string().transform((value) =>
  value
    .split(/[,;\s]+/)
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/**
 * Reads every setting once and names every fault at once. A bad or missing setting switches off only its own feature
 * (its part of {@link Settings} is `null` or the default): the function app starts whatever else works. A Key Vault
 * reference that was not resolved (the literal `@Microsoft.KeyVault(`) counts as missing.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SettingsReading {
  const faults: SettingFault[] = [];

  function read<T>(name: string, schema: z.ZodType<T>, feature: string): T | undefined {
    const raw = env[name]?.trim();
    if (raw === undefined || raw === '') {
      return undefined;
    }
    if (raw.startsWith('@Microsoft.KeyVault(')) {
      faults.push({
        name,
        feature,
        problem:
          'is a Key Vault reference that was not resolved: check the secret and the access of the managed identity',
      });
      return undefined;
    }
    const result = schema.safeParse(raw);
    if (!result.success) {
      faults.push({ name, feature, problem: result.error.issues.map((issue) => issue.message).join('; ') });
      return undefined;
    }
    return result.data;
  }

  function required<T>(name: string, schema: z.ZodType<T>, feature: string): T | undefined {
    const faultsBefore = faults.length;
    const value = read(name, schema, feature);
    if (value === undefined && faults.length === faultsBefore) {
      faults.push({ name, feature, problem: 'is missing' });
    }
    return value;
  }

  const text = z.string();
  /** A bad address never becomes the default one: what is meant for a pretend service must not reach the real one. */
  const isBad = (name: string) => faults.some((fault) => fault.name === name);

  function readTenant(): TenantSettings | null {
    const feature = 'Microsoft Graph';
    const tenantId = required('TENANT_ID', guid, feature);
    const graphBaseUrl = read('GRAPH_BASE_URL', origin, feature) ?? 'https://graph.microsoft.com';
    const authorityHost = read('AUTHORITY_HOST', origin, feature) ?? 'https://login.microsoftonline.com';
    if (!tenantId || isBad('GRAPH_BASE_URL') || isBad('AUTHORITY_HOST')) return null;
    return { tenantId, graphBaseUrl, authorityHost };
  }

  /** The events need none of these: a fault here must not switch both sources off. */
  function readGraph(tenant: TenantSettings | null): GraphSettings | null {
    const feature = 'reading chats through Microsoft Graph';
    const clientId = required('CLIENT_ID', guid, feature);
    const serviceAccount = required('SERVICE_ACCOUNT', z.email('must be the UPN of the service account'), feature);
    const tokenCacheKey = required('TOKEN_CACHE_KEY', base64Of32Bytes, feature);
    if (!tenant || !clientId || !serviceAccount || !tokenCacheKey) return null;
    return { ...tenant, clientId, serviceAccount, tokenCacheKey };
  }

  function readSubscription(): SubscriptionSettings | null {
    const feature = 'the subscription to chat messages';
    const notificationUrl = required('NOTIFICATION_URL', eventHubAddress, feature);
    const chatResourceData =
      read('CHAT_RESOURCE_DATA', z.enum(['none', 'encrypted'], 'must be none or encrypted'), feature) ?? 'none';
    return notificationUrl ? { notificationUrl, lifecycleNotificationUrl, chatResourceData } : null;
  }

  function readEventSource(chatNotificationUrl: string | null): EventSourceSettings | null {
    const feature = 'emergency call events';
    const policyNames = read('EMERGENCY_CALLING_POLICIES', policyNameList, feature);
    const ownUrl = read(
      'EVENT_NOTIFICATION_URL',
      z.union([eventHubAddress, httpsAddress], notificationAddress),
      feature,
    );
    const notificationUrl = ownUrl ?? (isBad('EVENT_NOTIFICATION_URL') ? null : chatNotificationUrl);
    if (!policyNames || policyNames.length === 0) return null;
    if (notificationUrl === null && !isBad('EVENT_NOTIFICATION_URL')) {
      faults.push({ name: 'EVENT_NOTIFICATION_URL', feature, problem: 'is missing, and so is NOTIFICATION_URL' });
    }
    if (notificationUrl?.startsWith('https:') && !managedIdentityClientId && !isBad('MANAGED_IDENTITY_CLIENT_ID')) {
      // The tokens with which Graph proves itself name the application that subscribed: this one.
      const problem = 'is missing: without it nothing that Graph delivers over HTTPS can be told from forgeries';
      faults.push({ name: 'MANAGED_IDENTITY_CLIENT_ID', feature, problem });
    }
    return notificationUrl === null ? null : { policyNames, notificationUrl, lifecycleNotificationUrl };
  }

  function readCertificate(isNeeded: boolean): Settings['encryptionCertificate'] {
    const feature = 'encrypted notifications';
    const address = (isNeeded ? required : read)('ENCRYPTION_CERTIFICATE', certificateAddress, feature);
    return address ?? null;
  }

  function readDays(name: string, standard: number): number {
    const days = z
      .string()
      .regex(/^\d{1,5}$/, 'must be a whole number of days, at least 1')
      .transform(Number)
      .refine((value) => value >= 1, 'must be a whole number of days, at least 1');
    return read(name, days, `the retention set by ${name}`) ?? standard;
  }

  /** A retention that cannot be read removes nothing: what is gone cannot be proven. */
  function readRetention(): Settings['retention'] {
    const hold = read(
      'LEGAL_HOLD',
      z.enum(['true', 'false'], 'must be true or false'),
      'the daily removal of old records',
    );
    const retention = {
      callDays: readDays('RETENTION_CALL_DAYS', 365),
      rawDays: readDays('RETENTION_RAW_DAYS', 30),
      otherMessageDays: readDays('RETENTION_OTHER_MESSAGE_DAYS', 1),
    };
    const isUnclear = ['LEGAL_HOLD', 'RETENTION_CALL_DAYS', 'RETENTION_RAW_DAYS', 'RETENTION_OTHER_MESSAGE_DAYS'].some(
      isBad,
    );
    return { ...retention, legalHold: hold === 'true' || isUnclear };
  }

  function readTwilio(): TwilioSettings | null {
    const feature = 'SMS through Twilio';
    const accountSid = required(
      'TWILIO_ACCOUNT_SID',
      text.regex(/^AC[0-9a-fA-F]{32}$/, 'must be an account SID: AC and 32 hexadecimal digits'),
      feature,
    );
    const keySid = read(
      'TWILIO_API_KEY_SID',
      text.regex(/^SK[0-9a-fA-F]{32}$/, 'must be an API key SID: SK and 32 hexadecimal digits'),
      feature,
    );
    const keySecret = keySid ? required('TWILIO_API_KEY_SECRET', text, feature) : undefined;
    const authToken =
      keySid && keySecret ? read('TWILIO_AUTH_TOKEN', text, feature) : required('TWILIO_AUTH_TOKEN', text, feature);
    const service = read(
      'TWILIO_MESSAGING_SERVICE_SID',
      text.regex(/^MG[0-9a-fA-F]{32}$/, 'must be a messaging service SID: MG and 32 hexadecimal digits'),
      feature,
    );
    const from = service ? undefined : required('TWILIO_FROM', e164, feature);
    const secondaryAuthToken =
      read('TWILIO_AUTH_TOKEN_SECONDARY', text, 'what Twilio sends while its auth token changes') ?? null;
    const baseUrl = read('TWILIO_BASE_URL', origin, feature) ?? null;
    const credentials: TwilioSettings['credentials'] | null =
      keySid && keySecret
        ? { kind: 'apiKey', sid: keySid, secret: keySecret, ...(authToken ? { authToken } : {}) }
        : authToken
          ? { kind: 'authToken', authToken }
          : null;
    const sender: TwilioSettings['sender'] | null = service
      ? { kind: 'messagingService', messagingServiceSid: service }
      : from
        ? { kind: 'number', from }
        : null;
    return accountSid && credentials && sender && !isBad('TWILIO_BASE_URL')
      ? {
          accountSid,
          credentials,
          sender,
          secondaryAuthToken,
          baseUrl,
        }
      : null;
  }

  function readEmail(): EmailSettings | null {
    const feature = 'e-mail';
    const connection = read('EMAIL_CONNECTION_STRING', emailConnection, feature);
    const endpoint = read('EMAIL_ENDPOINT', origin, feature);
    const sender = z.email('must be an address, such as alerts@contoso.com');
    const isWanted = connection !== undefined || endpoint !== undefined;
    const from = (isWanted ? required : read)('EMAIL_FROM', sender, feature);
    // A key that cannot be read never becomes the identity, nor an address another one.
    if (!from || isBad('EMAIL_CONNECTION_STRING') || isBad('EMAIL_ENDPOINT')) return null;
    if (connection) return { ...connection, from };
    if (endpoint) return { endpoint, accessKey: null, from };
    faults.push({ name: 'EMAIL_ENDPOINT', feature, problem: 'is missing, and so is EMAIL_CONNECTION_STRING' });
    return null;
  }

  /** Nothing is sent that the receiver could not tell from a forgery. */
  function readWebhook(): WebhookSettings | null {
    const feature = 'the webhook';
    const url = read('WEBHOOK_URL', httpsAddress, feature);
    const secrets = (url ? required : read)('WEBHOOK_SECRET', webhookSecrets, feature);
    return url && secrets ? { url, secrets } : null;
  }

  function readStorage(): Settings['storage'] {
    const feature = 'the record of calls';
    const connectionString = read('AlertStorage', connectionStringText, feature);
    if (connectionString) {
      return { connectionString };
    }
    if (env.AlertStorage__tableServiceUri || env.AlertStorage__queueServiceUri) {
      const tableServiceUri = required('AlertStorage__tableServiceUri', z.url('must be an address'), feature);
      const queueServiceUri = required('AlertStorage__queueServiceUri', z.url('must be an address'), feature);
      const clientId = read('AlertStorage__clientId', guid, feature) ?? null;
      return tableServiceUri && queueServiceUri ? { tableServiceUri, queueServiceUri, clientId } : null;
    }
    if (!env.AlertStorage) required('AlertStorage', text, feature);
    return null;
  }

  /** The trigger reads these settings itself; here they are for what is sent to the hub. */
  function readEventHub(): Settings['eventHub'] {
    const feature = 'the canary through the Event Hub';
    const fullyQualifiedNamespace = read(
      'EventHubConnection__fullyQualifiedNamespace',
      text.regex(/^[a-z0-9][a-z0-9.-]+$/i, 'must be a host name, such as contoso.servicebus.windows.net'),
      feature,
    );
    if (fullyQualifiedNamespace) return { fullyQualifiedNamespace };
    const address = text.regex(/^Endpoint=sb:\/\//i, 'must be a connection string that begins with Endpoint=sb://');
    const connectionString = required('EventHubConnection', address, feature);
    return connectionString ? { connectionString } : null;
  }

  function readMap(): MapSettings | null {
    const feature = 'the map of the page';
    const tileUrl = read('MAP_TILES_URL', tileAddress, feature);
    const attribution = read('MAP_ATTRIBUTION', text, feature);
    return tileUrl === undefined ? null : { tileUrl, attribution: attribution ?? '' };
  }

  /** Every number that is one counts, whatever stands beside it: these are told when all else has failed. */
  function readLastResort(): string[] {
    const feature = 'the last-resort numbers that are not E.164';
    const numbers = read('LAST_RESORT_NUMBERS', separated, feature) ?? [];
    const good = numbers.filter((number) => e164.safeParse(number).success);
    if (good.length < numbers.length) {
      const problem = 'must be E.164 numbers, such as +14255550100, parted by commas';
      faults.push({ name: 'LAST_RESORT_NUMBERS', feature, problem });
    }
    return good;
  }

  /** What cannot be read lists nothing: each call is told by itself. */
  function readCallsToldAlone(): number {
    const count = read('CALLS_TOLD_ALONE', callCount, 'the list of many calls at once');
    return count ?? (isBad('CALLS_TOLD_ALONE') ? 0 : 3);
  }

  const words = 'the words of an SMS';
  const reader = 'reading emergency messages';
  const tenant = readTenant();
  const graph = readGraph(tenant);
  const lifecycleNotificationUrl =
    read('LIFECYCLE_NOTIFICATION_URL', httpsAddress, 'lifecycle notifications of Graph') ?? null;
  const subscription = readSubscription();
  const managedIdentityClientId = read('MANAGED_IDENTITY_CLIENT_ID', guid, 'the managed identity') ?? null;
  const eventSource = readEventSource(subscription?.notificationUrl ?? null);
  const settings: Settings = {
    tenant,
    graph,
    subscription,
    eventSource,
    encryptionCertificate: readCertificate(eventSource !== null || subscription?.chatResourceData === 'encrypted'),
    managedIdentityClientId,
    heartbeatUrl: read('HEARTBEAT_URL', httpsAddress, 'the heartbeat') ?? null,
    twilio: readTwilio(),
    publicUrl: read('PUBLIC_URL', origin, 'answers and reports that Twilio sends') ?? null,
    map: readMap(),
    email: readEmail(),
    teamsWorkflowUrl: read('TEAMS_WORKFLOW_URL', httpsAddress, 'cards in a Teams channel') ?? null,
    webhook: readWebhook(),
    storage: readStorage(),
    eventHub: readEventHub(),
    rosterFile: read('ROSTER_FILE', text, 'the roster') ?? 'roster.json',
    lastResortNumbers: readLastResort(),
    smsDetail: read('SMS_DETAIL', z.enum(['full', 'minimal'], 'must be full or minimal'), words) ?? 'full',
    callsToldAlone: readCallsToldAlone(),
    testNumbers: read('TEST_NUMBERS', separated.pipe(z.array(testNumber)), reader) ?? ['933'],
    defaultCountry:
      read(
        'DEFAULT_COUNTRY',
        text.regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters, such as US'),
        reader,
      ) ?? 'US',
    extraPhrases: read('EXTRA_EMERGENCY_PHRASES', phrasesJson, reader) ?? [],
    retention: readRetention(),
  };
  return { settings, faults };
}

/** A call to one of these, marked as a test, would not be taken seriously. */
const REAL_EMERGENCY_NUMBERS = [
  '911',
  '112',
  '999',
  '000',
  '110',
  '111',
  '113',
  '117',
  '118',
  '119',
  '144',
  '190',
  '192',
  '193',
];

const testNumber = z
  .string()
  .regex(/^\d{2,8}$/, 'must be numbers, such as 933')
  .refine((number) => !REAL_EMERGENCY_NUMBERS.includes(number), 'must not be a real emergency number');

const callCount = z
  .string()
  .regex(/^\d{1,2}$/, 'must be a whole number from 0 to 99')
  .transform(Number);

const connectionStringText = z
  .string()
  .regex(
    /(^|;)(UseDevelopmentStorage=true|(AccountName|TableEndpoint)=.+)/i,
    'must be a connection string of a storage account',
  );

/** As the Azure portal shows it: `endpoint=https://…;accesskey=…`. */
const emailConnection = z
  .string()
  .transform((value) => /^endpoint=([^;]+);accesskey=([A-Za-z0-9+/]+=*);?$/i.exec(value))
  .refine(
    (match) => match !== null && isHttpsOrLocal(match[1] ?? ''),
    'must be a connection string of Azure Communication Services',
  )
  .transform((match) => ({ endpoint: new URL(match?.[1] ?? '').origin, accessKey: match?.[2] ?? '' }));

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: 24 to 64 bytes. */
const webhookSecrets = separated
  .refine(
    (secrets) => secrets.every((secret) => /^whsec_[A-Za-z0-9+/]+=*$/.test(secret)),
    'must be whsec_ and Base64 (echo whsec_$(openssl rand -base64 32)); two parted by a comma while it changes',
  )
  .transform((secrets) => secrets.map((secret) => Buffer.from(secret.slice('whsec_'.length), 'base64')))
  .refine(
    (secrets) => secrets.length > 0 && secrets.every(({ length }) => length >= 24 && length <= 64),
    'must be 24 to 64 bytes in Base64 behind whsec_',
  );

const base64Of32Bytes = z
  .string()
  .transform((value) => Buffer.from(value, 'base64'))
  .refine((bytes) => bytes.length === 32, 'must be 32 bytes in Base64 (openssl rand -base64 32)');

const phrasesJson = z
  .string()
  .transform((value, context): unknown => {
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue('must be JSON, such as [{"language":"de","phrase":"hat einen Notruf abgesetzt"}]');
      return z.NEVER;
    }
  })
  .pipe(
    z.array(
      z.object({ language: z.string().min(2), phrase: z.string().min(3) }),
      'must be a list of {"language","phrase"}',
    ),
  );

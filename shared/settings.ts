import { z } from 'zod';

export interface GraphSettings {
  tenantId: string;
  clientId: string;
  /** UPN of the account that Teams notifies; only this account may be signed in. */
  serviceAccount: string;
  /** Origin of Microsoft Graph, without a path. */
  graphBaseUrl: string;
  /** Origin of the sign-in service, without a path. */
  authorityHost: string;
  /** 32 bytes: AES-256 key of the stored token cache. */
  tokenCacheKey: Buffer;
}

export interface SubscriptionSettings {
  /** Where Graph puts notifications: `EventHub:https://<namespace>/eventhubname/<hub>?tenantId=<domain>`. */
  notificationUrl: string;
  /** HTTPS address for lifecycle notifications; without one, subscriptions live 60 minutes at most. */
  lifecycleNotificationUrl: string | null;
}

export interface TwilioSettings {
  accountSid: string;
  credentials: { kind: 'authToken'; authToken: string } | { kind: 'apiKey'; sid: string; secret: string };
  sender: { kind: 'number'; from: string } | { kind: 'messagingService'; messagingServiceSid: string };
  /** Origin that replaces https://api.twilio.com; `null` for the real one. */
  baseUrl: string | null;
}

export interface Settings {
  graph: GraphSettings | null;
  subscription: SubscriptionSettings | null;
  twilio: TwilioSettings | null;
  /** Storage of the product: a connection string, or the two service addresses for the managed identity. */
  storage:
    | { connectionString: string }
    | { tableServiceUri: string; queueServiceUri: string; clientId: string | null }
    | null;
  rosterFile: string;
  /** Told when the roster names nobody who can be reached. E.164. */
  lastResortNumbers: string[];
  smsDetail: 'full' | 'minimal';
  testNumbers: string[];
  /** ISO 3166-1 alpha-2: how numbers without a country code are read. */
  defaultCountry: string;
  /** Added to the phrases the product knows. */
  extraPhrases: { language: string; phrase: string }[];
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
const origin = z
  .url('must be an address, such as https://graph.microsoft.com')
  .transform((value) => new URL(value))
  .refine((url) => url.pathname === '/' && url.search === '', 'must be an address without a path')
  .refine(
    (url) =>
      url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname)),
    'must begin with https:// (http:// is for this machine only)',
  )
  .transform((url) => url.origin);
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

  function readGraph(): GraphSettings | null {
    const feature = 'reading chats through Microsoft Graph';
    const tenantId = required('TENANT_ID', guid, feature);
    const clientId = required('CLIENT_ID', guid, feature);
    const serviceAccount = required('SERVICE_ACCOUNT', z.email('must be the UPN of the service account'), feature);
    const tokenCacheKey = required('TOKEN_CACHE_KEY', base64Of32Bytes, feature);
    const graphBaseUrl = read('GRAPH_BASE_URL', origin, feature) ?? 'https://graph.microsoft.com';
    const authorityHost = read('AUTHORITY_HOST', origin, feature) ?? 'https://login.microsoftonline.com';
    if (
      !tenantId ||
      !clientId ||
      !serviceAccount ||
      !tokenCacheKey ||
      isBad('GRAPH_BASE_URL') ||
      isBad('AUTHORITY_HOST')
    ) {
      return null;
    }
    return { tenantId, clientId, serviceAccount, tokenCacheKey, graphBaseUrl, authorityHost };
  }

  function readSubscription(): SubscriptionSettings | null {
    const feature = 'the subscription to chat messages';
    const notificationUrl = required(
      'NOTIFICATION_URL',
      text.regex(
        /^EventHub:https:\/\/.+\/eventhubname\/.+/,
        'must read EventHub:https://<namespace>.servicebus.windows.net/eventhubname/<hub>?tenantId=<domain>',
      ),
      feature,
    );
    const lifecycleNotificationUrl =
      read(
        'LIFECYCLE_NOTIFICATION_URL',
        z.url('must be an HTTPS address').startsWith('https://', 'must be an HTTPS address'),
        feature,
      ) ?? null;
    return notificationUrl ? { notificationUrl, lifecycleNotificationUrl } : null;
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
    const baseUrl = read('TWILIO_BASE_URL', origin, feature) ?? null;
    const credentials: TwilioSettings['credentials'] | null =
      keySid && keySecret
        ? { kind: 'apiKey', sid: keySid, secret: keySecret }
        : authToken
          ? { kind: 'authToken', authToken }
          : null;
    const sender: TwilioSettings['sender'] | null = service
      ? { kind: 'messagingService', messagingServiceSid: service }
      : from
        ? { kind: 'number', from }
        : null;
    return accountSid && credentials && sender && !isBad('TWILIO_BASE_URL')
      ? { accountSid, credentials, sender, baseUrl }
      : null;
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

  const words = 'the words of an SMS';
  const reader = 'reading emergency messages';
  const settings: Settings = {
    graph: readGraph(),
    subscription: readSubscription(),
    twilio: readTwilio(),
    storage: readStorage(),
    rosterFile: read('ROSTER_FILE', text, 'the roster') ?? 'roster.json',
    lastResortNumbers: readLastResort(),
    smsDetail: read('SMS_DETAIL', z.enum(['full', 'minimal'], 'must be full or minimal'), words) ?? 'full',
    testNumbers: read('TEST_NUMBERS', separated.pipe(z.array(testNumber)), reader) ?? ['933'],
    defaultCountry:
      read(
        'DEFAULT_COUNTRY',
        text.regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters, such as US'),
        reader,
      ) ?? 'US',
    extraPhrases: read('EXTRA_EMERGENCY_PHRASES', phrasesJson, reader) ?? [],
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

const connectionStringText = z
  .string()
  .regex(
    /(^|;)(UseDevelopmentStorage=true|(AccountName|TableEndpoint)=.+)/i,
    'must be a connection string of a storage account',
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

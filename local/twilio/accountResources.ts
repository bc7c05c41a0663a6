import { createHash } from 'node:crypto';
import { readBasicCredentials } from './account.ts';
import { apiError } from './apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, findUnknown, refuse, toAnswer } from './apiRequest.ts';
import { API_VERSION } from './message.ts';
import { REGISTRATION_SERVICE } from './profile.ts';

type Handler = (request: ApiRequest, parts: ApiParts, id: string) => ApiAnswer;

interface Resource {
  pattern: RegExp;
  /** The parameters of the query that are known. */
  parameters: readonly string[];
  handle: Handler;
}

const PAGING = ['PageSize', 'Page'];
const DATE = '2026-01-05T09:00:00Z';
const account = `^/${API_VERSION}/Accounts/(?<account>[^/]+)`;
const service = '^/v1/Services/(?<id>[^/]+)';

/** What can be read of the account, its numbers and their registration. Lists are of one page, as small ones are. */
const RESOURCES: readonly Resource[] = [
  resource(`${account}\\.json$`, [], getAccount),
  resource(`${account}/Balance\\.json$`, [], getBalance),
  resource(`${account}/IncomingPhoneNumbers\\.json$`, [...PAGING, 'PhoneNumber'], listNumbers),
  resource('^/v1/Services$', PAGING, listServices),
  resource(`${service}$`, [], getService),
  resource(`${service}/PhoneNumbers$`, PAGING, listPool),
  resource(`${service}/ShortCodes$`, PAGING, (request, parts, id) => ofService(request, parts, id, 'short_codes', [])),
  resource(`${service}/AlphaSenders$`, PAGING, (request, parts, id) =>
    ofService(request, parts, id, 'alpha_senders', []),
  ),
  resource(`${service}/Compliance/Usa2p$`, PAGING, listCampaigns),
  resource('^/v1/Tollfree/Verifications$', [...PAGING, 'TollfreePhoneNumberSid'], listVerifications),
];

function resource(pattern: string, parameters: readonly string[], handle: Handler): Resource {
  return { pattern: new RegExp(pattern), parameters, handle };
}

/** The answer to a GET of one of them; `null` where the path is none. The credentials were looked at before. */
export function readResource(request: ApiRequest, parts: ApiParts): ApiAnswer | null {
  const found = RESOURCES.find(({ pattern }) => pattern.test(request.path));
  if (!found || request.method !== 'GET') return null;
  const { account: accountSid, id = '' } = found.pattern.exec(request.path)?.groups ?? {};
  if (accountSid !== undefined && accountSid !== parts.account.accountSid) {
    return refuse(request, apiError(20003), 'the account is another', parts);
  }
  const unknown = findUnknown(request.query, new Set(found.parameters));
  return unknown === undefined
    ? found.handle(request, parts, id)
    : refuse(request, apiError(20001, unknown), `the parameter ${unknown} is not known`, parts);
}

/** A key that is not a "Main" one may read everything but this: https://www.twilio.com/docs/iam/api-keys/keys-in-console */
function getAccount({ path, authorization }: ApiRequest, { account: { accountSid, profile } }: ApiParts): ApiAnswer {
  if (readBasicCredentials(authorization)?.startsWith('SK')) return toAnswer(apiError(20003));
  const { status, type } = profile();
  const rest = { date_created: RFC_2822, date_updated: RFC_2822, subresource_uris: {}, uri: path };
  const body = { sid: accountSid, owner_account_sid: accountSid, friendly_name: 'Contoso', status, type, ...rest };
  return { status: 200, body };
}

/** "Child accounts do not contain balance information": https://www.twilio.com/docs/usage/api */
function getBalance({ path }: ApiRequest, { account: { accountSid, profile } }: ApiParts): ApiAnswer {
  const { balance } = profile();
  if (balance === null) return toAnswer(apiError(20404, path));
  return { status: 200, body: { account_sid: accountSid, balance, currency: 'USD' } };
}

/** `PhoneNumber` matches a part of a number. */
function listNumbers({ path, query }: ApiRequest, { account: { accountSid, numbers, profile } }: ApiParts): ApiAnswer {
  const wanted = query.get('PhoneNumber') ?? '';
  const found = numbers.filter((number) => number.includes(wanted));
  const items = found.map((number) => {
    const capabilities = { voice: true, sms: canSms(number, profile()), mms: true, fax: false };
    const dates = { date_created: RFC_2822, date_updated: RFC_2822 };
    return {
      sid: numberSid(number),
      account_sid: accountSid,
      phone_number: number,
      capabilities,
      status: 'in-use',
      ...dates,
    };
  });
  const paging = { page: 0, page_size: 50, start: 0, end: Math.max(0, found.length - 1), next_page_uri: null };
  return {
    status: 200,
    body: { incoming_phone_numbers: items, ...paging, first_page_uri: path, previous_page_uri: null, uri: path },
  };
}

function listServices(request: ApiRequest, { account: own }: ApiParts): ApiAnswer {
  return page(
    request,
    'services',
    servicesOf(own).map((sid) => toService(sid, own)),
  );
}

function getService(request: ApiRequest, { account: own }: ApiParts, sid: string): ApiAnswer {
  return servicesOf(own).includes(sid)
    ? { status: 200, body: toService(sid, own) }
    : toAnswer(apiError(20404, request.path));
}

function listPool(request: ApiRequest, parts: ApiParts, id: string): ApiAnswer {
  const { numbers, profile, accountSid } = parts.account;
  const pool = numbers.filter((number) => !profile().unpooled.includes(number));
  const items = pool.map((number) => ({
    sid: numberSid(number),
    account_sid: accountSid,
    service_sid: id,
    phone_number: number,
    country_code: 'US',
    capabilities: canSms(number, profile()) ? ['Voice', 'SMS', 'MMS'] : ['Voice'],
    date_created: DATE,
    date_updated: DATE,
  }));
  return ofService(request, parts, id, 'phone_numbers', items);
}

function listCampaigns(request: ApiRequest, parts: ApiParts, id: string): ApiAnswer {
  const { campaign } = parts.account.profile();
  const sid = `QE${digest(id)}`;
  const item = { sid, account_sid: parts.account.accountSid, messaging_service_sid: id, campaign_status: campaign };
  const rest = {
    us_app_to_person_usecase: 'EMERGENCY',
    mock: false,
    errors: [],
    date_created: DATE,
    date_updated: DATE,
  };
  return ofService(request, parts, id, 'compliance', campaign === null ? [] : [{ ...item, ...rest }]);
}

function listVerifications(request: ApiRequest, { account: { accountSid, numbers, profile } }: ApiParts): ApiAnswer {
  const { tollFreeVerification: status } = profile();
  const wanted = request.query.get('TollfreePhoneNumberSid');
  const found = numbers.filter((number) => wanted === null || numberSid(number) === wanted);
  const items = found.map((number) => {
    const dates = { date_created: DATE, date_updated: DATE };
    const sid = `HH${digest(number)}`;
    return {
      sid,
      account_sid: accountSid,
      tollfree_phone_number_sid: numberSid(number),
      status,
      error_code: null,
      ...dates,
    };
  });
  return page(request, 'verifications', status === null ? [] : items);
}

function ofService(
  request: ApiRequest,
  { account: own }: ApiParts,
  id: string,
  key: string,
  items: unknown[],
): ApiAnswer {
  return servicesOf(own).includes(id) ? page(request, key, items) : toAnswer(apiError(20404, request.path));
}

/** The form of lists of the newer APIs. */
function page({ path }: ApiRequest, key: string, items: readonly unknown[]): ApiAnswer {
  const url = `https://messaging.twilio.com${path}?PageSize=50&Page=0`;
  const meta = { key, url, page: 0, page_size: 50, next_page_url: null, first_page_url: url, previous_page_url: null };
  return { status: 200, body: { meta, [key]: items } };
}

function toService(sid: string, { accountSid, profile }: ApiParts['account']): Record<string, unknown> {
  const isRegistered = profile().campaign === 'VERIFIED';
  const dates = { date_created: DATE, date_updated: DATE };
  return {
    sid,
    account_sid: accountSid,
    friendly_name: 'Alerts',
    us_app_to_person_registered: isRegistered,
    links: {},
    ...dates,
  };
}

function servicesOf({ messagingServices }: ApiParts['account']): readonly string[] {
  return messagingServices.length > 0 ? messagingServices : [REGISTRATION_SERVICE];
}

function canSms(number: string, { voiceOnly }: { voiceOnly: readonly string[] }): boolean {
  return !voiceOnly.includes(number);
}

/** The older API writes its dates so. */
const RFC_2822 = 'Mon, 05 Jan 2026 09:00:00 +0000';

function numberSid(number: string): string {
  return `PN${digest(number)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

import { randomUUID } from 'node:crypto';

type Entity = Record<string, unknown> & { id: string };

export interface Directory {
  tenantId: string;
  /** What is in it, by kind. */
  users: Entity[];
  applications: Entity[];
  servicePrincipals: Entity[];
  federatedIdentityCredentials: Entity[];
  appRoleAssignments: Entity[];
  oauth2PermissionGrants: Entity[];
  /** Method and path of every request, failed ones too. */
  requests: string[];
  /** The next requests whose method and path match fail so, each of them as often as said. */
  faults: { request: RegExp; message: string; times: number }[];
  request(method: string, url: URL, body: unknown, isUpsert: boolean): unknown;
}

export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';
export const CHANGE_TRACKING_APP_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';
export const SERVICE_ACCOUNT = 'emergency@contoso.com';
export const MANAGED_IDENTITY_ID = '00001111-aaaa-2222-bbbb-3333cccc4444';

const notFound = (what: string) =>
  new Error(
    `Not Found({"error":{"code":"Request_ResourceNotFound","message":"Resource '${what}' does not exist or one of its queried reference-property objects are not present."}})`,
  );
const badRequest = (message: string) =>
  new Error(`Bad Request({"error":{"code":"Request_BadRequest","message":"${message}"}})`);

/** A tenant with a service account, a managed identity and Microsoft Graph, as Graph's REST API shows it. */
export function createDirectory(): Directory {
  const directory: Directory = {
    tenantId: 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
    users: [{ id: randomUUID(), userPrincipalName: SERVICE_ACCOUNT }],
    applications: [],
    servicePrincipals: [
      { id: randomUUID(), appId: GRAPH_APP_ID },
      { id: MANAGED_IDENTITY_ID, appId: randomUUID() },
    ],
    federatedIdentityCredentials: [],
    appRoleAssignments: [],
    oauth2PermissionGrants: [],
    requests: [],
    faults: [],
    request: (method, url, body, isUpsert) => request(directory, method, url, body, isUpsert),
  };
  return directory;
}

function request(directory: Directory, method: string, url: URL, body: unknown, isUpsert: boolean): unknown {
  const path = decodeURIComponent(url.pathname).replace('/v1.0/', '');
  const line = `${method} ${path}`;
  directory.requests.push(line);
  const fault = directory.faults.find(({ request, times }) => times > 0 && request.test(line));
  if (fault) {
    fault.times -= 1;
    throw new Error(fault.message);
  }
  const values = body as Record<string, unknown>;
  for (const [pattern, operation] of OPERATIONS) {
    const match = pattern.exec(line);
    if (match)
      return operation(directory, match.slice(1), values, { isUpsert, filter: url.searchParams.get('$filter') });
  }
  throw badRequest(`this directory does not know ${line}`);
}

type Operation = (
  directory: Directory,
  parts: string[],
  body: Record<string, unknown>,
  options: { isUpsert: boolean; filter: string | null },
) => unknown;

const OPERATIONS: [RegExp, Operation][] = [
  [/^get (users|servicePrincipals)$/, (directory, [kind], _, { filter }) => list(directory[kindOf(kind)], filter)],
  [
    /^get (applications|servicePrincipals)\((uniqueName|appId)='([^']+)'\)$/,
    (directory, [kind, key, value]) => found(directory[kindOf(kind)], key, value),
  ],
  [
    /^patch (applications|servicePrincipals)\((uniqueName|appId)='([^']+)'\)$/,
    (directory, [kind = '', key = '', value = ''], body, { isUpsert }) => {
      if (kind === 'servicePrincipals') backingApplication(directory, value);
      const appId = kind === 'applications' ? { appId: randomUUID() } : {};
      upsert(directory[kindOf(kind)], { [key]: value }, { ...appId }, body, isUpsert);
    },
  ],
  [
    /^patch applications\/([^/]+)\/federatedIdentityCredentials\(name='([^']+)'\)$/,
    (directory, [applicationId, name], body, { isUpsert }) => {
      found(directory.applications, 'id', applicationId);
      upsert(directory.federatedIdentityCredentials, { applicationId, name }, {}, body, isUpsert);
    },
  ],
  [
    /^post servicePrincipals$/,
    (directory, _, body) => {
      backingApplication(directory, String(body.appId));
      insert(directory.servicePrincipals, body, ['appId']);
    },
  ],
  [
    /^get (users|servicePrincipals)\/([^/]+)\/appRoleAssignments$/,
    (directory, [kind, principalId]) => {
      found(directory[kindOf(kind)], 'id', principalId);
      return { value: directory.appRoleAssignments.filter((entry) => entry.principalId === principalId) };
    },
  ],
  [
    /^post servicePrincipals\/([^/]+)\/appRoleAssignedTo$/,
    (directory, [resourceId], body) => {
      if (body.resourceId !== resourceId) throw badRequest('the resource is another one');
      found([...directory.users, ...directory.servicePrincipals], 'id', String(body.principalId));
      insert(directory.appRoleAssignments, body, ['principalId', 'resourceId', 'appRoleId']);
    },
  ],
  [
    /^get servicePrincipals\/([^/]+)\/oauth2PermissionGrants$/,
    (directory, [clientId]) => {
      found(directory.servicePrincipals, 'id', clientId);
      return { value: directory.oauth2PermissionGrants.filter((entry) => entry.clientId === clientId) };
    },
  ],
  [
    /^post oauth2PermissionGrants$/,
    (directory, _, body) =>
      insert(directory.oauth2PermissionGrants, body, ['clientId', 'resourceId', 'consentType', 'principalId']),
  ],
  [
    /^patch oauth2PermissionGrants\/([^/]+)$/,
    (directory, [id], body, { isUpsert }) => {
      if (isUpsert) throw badRequest('a grant cannot be upserted');
      Object.assign(found(directory.oauth2PermissionGrants, 'id', id), body);
    },
  ],
];

function kindOf(kind: string | undefined): 'users' | 'applications' | 'servicePrincipals' {
  if (kind !== 'users' && kind !== 'applications' && kind !== 'servicePrincipals') throw notFound(String(kind));
  return kind;
}

function list(entities: Entity[], filter: string | null) {
  const [, name, value] = /^(\w+) eq '([^']*)'$/.exec(filter ?? '') ?? [];
  if (name === undefined) throw badRequest(`this directory does not know the filter ${filter}`);
  return { value: entities.filter((entity) => entity[name] === value) };
}

function found(entities: Entity[], key: string | undefined, value: string | undefined): Entity {
  const entity = entities.find((candidate) => key !== undefined && candidate[key] === value);
  if (!entity) throw notFound(String(value));
  return entity;
}

function insert(entities: Entity[], body: Record<string, unknown>, key: string[]): void {
  if (entities.some((entity) => key.every((name) => entity[name] === body[name]))) {
    throw badRequest('Permission entry already exists.');
  }
  entities.push({ id: randomUUID(), ...body });
}

function upsert(
  entities: Entity[],
  key: Record<string, unknown>,
  made: Record<string, unknown>,
  body: Record<string, unknown>,
  isUpsert: boolean,
): void {
  const entity = entities.find((candidate) => Object.entries(key).every(([name, value]) => candidate[name] === value));
  if (!entity && !isUpsert) throw notFound(JSON.stringify(key));
  if (entity) Object.assign(entity, body);
  else entities.push({ id: randomUUID(), ...key, ...made, ...body });
}

/** Change Tracking is an application of Microsoft's own; every other one must be registered here. */
function backingApplication({ applications }: Directory, appId: string): void {
  if (appId === CHANGE_TRACKING_APP_ID || applications.some((application) => application.appId === appId)) return;
  throw new Error(`Bad Request({"error":{"code":"NoBackingApplicationObject","message":"The appId '${appId}'."}})`);
}

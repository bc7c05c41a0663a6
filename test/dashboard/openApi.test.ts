import * as z from 'zod';
import { routes } from '../../shared/dashboard/routes.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';
import { askPage } from './visitors.ts';

let world: World;
let callId: string;
// biome-ignore lint/suspicious/noExplicitAny: a description, looked into by its own paths
let api: any;
beforeAll(async () => {
  world = await startWorld();
  await world.openChat();
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  const [call] = await world.services.store.calls.listNewest(1);
  callId = call?.id ?? '';
  await askPage(world.services, 'procedures', { method: 'POST', body: { site: null, after: 0, markdown: '- [ ] Go' } });
  await world.services.store.deadLetters.add({
    reason: 'x',
    raw: {},
    at: world.now().toISOString(),
    source: 'event 1',
  });
  ({ json: api } = await askPage(world.services, 'openapi.json'));
});
afterAll(() => world?.stop());

/** Made of what is served, not of the schemas in the code. */
function schemaOf(path: string, method: string, status: string, type: string): z.ZodType {
  const described = api.paths[`/${path}`][method.toLowerCase()].responses[status].content[type].schema;
  return z.fromJSONSchema(described.$ref ? api.components.schemas.Problem : described);
}

test('says that it is OpenAPI 3.1, and names each address once, with what it takes and answers', () => {
  expect(api.openapi).toBe('3.1.0');
  const described = Object.entries<Record<string, { operationId: string }>>(api.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice(1)}`),
  );
  expect(described.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  const ids = Object.values<Record<string, { operationId: string }>>(api.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

const QUERIES: Readonly<Record<string, string>> = {
  statistics: '?from=2026-01-01&to=2026-12-31',
  'export/calls.csv': '?from=2026-01-01&to=2026-12-31',
};
const newest = async () => (await world.services.store.procedures.get(null, null))?.version ?? 0;
const BODIES: Readonly<Record<string, () => unknown>> = {
  'calls/{id}/answers': () => ({ action: 'escalate', key: 'key-of-test' }),
  'calls/{id}/ticks': async () => ({
    site: null,
    version: await newest(),
    item: 0,
    isTicked: true,
    key: 'key-of-test',
  }),
  procedures: async () => ({ site: null, after: await newest(), markdown: '- [ ] Go there' }),
  'dead-letters/{id}/replay': () => ({}),
  'sign-in/device-code': () => ({}),
  'sign-in/authorization-code': () => ({}),
};
/** Their good answers need what comes before them: test/dashboard/roster.test.ts and signIn.test.ts. */
const ELSEWHERE = ['roster/overrides', 'roster/overrides/remove', 'tests', 'sign-in/authorization-code/finish'];

test.each(
  routes
    .filter(({ path }) => !ELSEWHERE.includes(path))
    .map((route) => [`${route.method} ${route.path}`, route] as const),
)('the real answer of %s is as it is described', async (_, { method, path, answer }) => {
  const [letter] = await world.services.store.deadLetters.list(1);
  const id = path.startsWith('dead-letters') ? (letter?.id ?? '') : callId;
  const body = await BODIES[path]?.();
  const given = await askPage(world.services, `${path.replace('{id}', id)}${QUERIES[path] ?? ''}`, { method, body });
  expect(`${given.status} ${given.status === 200 ? '' : given.text}`).toBe('200 ');
  if (answer === null) return expect(given.headers['Content-Type']).toContain('text/csv');
  schemaOf(path, method, '200', 'application/json').parse(given.json);
  return expect(given.headers['Content-Type']).toBe('application/json');
});

test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  'a refusal of %s is as it is described',
  async (_, { method, path }) => {
    const given = await askPage(world.services, path.replace('{id}', callId), { method, body: {}, as: null });
    expect(given.status).toBe(401);
    schemaOf(path, method, 'default', 'application/problem+json').parse(given.json);
  },
);

test('the check can fail: an answer with a field too many or one too few is not as described', async () => {
  const { json } = await askPage(world.services, 'me');
  const schema = schemaOf('me', 'GET', '200', 'application/json');
  expect(schema.safeParse({ ...json, phone: '+14255550111' }).success).toBe(false);
  expect(schema.safeParse({ ...json, roles: undefined }).success).toBe(false);
});

import * as z from 'zod';
import { CHANGE_HEADER, CHANGE_HEADER_VALUE, problemSchema } from './contract.ts';
import { get, type Route } from './route.ts';

type Json = Record<string, unknown>;

/** The address at which the API describes itself and the others. */
export function openApiRoute(others: readonly Route[]): Route {
  const route: Route = get({
    path: 'openapi.json',
    right: null,
    summary: 'This description: OpenAPI 3.1',
    answer: z.record(z.string(), z.unknown()),
    handle: async () => describe([...others, route]),
  });
  return route;
}

/** OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1), made of the schemas by which requests are read. */
function describe(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = `/${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Teams Emergency Alerts: the page',
      version: '1',
      description:
        'What the page asks. Whoever asks is signed in by App Service authentication; roles are the app roles of the page’s application.',
    },
    servers: [{ url: '/api/page' }],
    security: [{ appService: [] }],
    paths,
    components: {
      securitySchemes: {
        appService: { type: 'apiKey', in: 'cookie', name: 'AppServiceAuthSession' },
      },
      schemas: { Problem: schemaOf(problemSchema, 'output') },
    },
  };
}

function operationOf({ method, path, right, summary, query, body, answer }: Route): Json {
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const done =
    answer === null
      ? { 'text/csv': { schema: { type: 'string' } } }
      : { 'application/json': { schema: schemaOf(answer, 'output') } };
  return {
    operationId: `${method.toLowerCase()} ${path}`.replace(/[^A-Za-z0-9]+(\w|$)/g, (_, letter: string) =>
      letter.toUpperCase(),
    ),
    summary,
    description: right === null ? 'For every role.' : `Needs the right ${right}.`,
    parameters: [...pathParameters(path), ...queryParameters(query), ...(method === 'POST' ? [changeHeader] : [])],
    ...(body === null
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }),
    responses: {
      '200': { description: 'Done', content: done },
      ...(method === 'GET' && answer !== null ? { '304': { description: 'As the ETag in If-None-Match says' } } : {}),
      default: { description: 'Why it is not answered', content: problem },
    },
  };
}

const changeHeader = {
  name: CHANGE_HEADER,
  in: 'header',
  required: true,
  schema: { const: CHANGE_HEADER_VALUE },
};

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodType | null): Json[] {
  if (query === null) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

/** OpenAPI 3.1 takes JSON Schema of 2020-12 as it is. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io });
  return described;
}

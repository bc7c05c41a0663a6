import { app } from '@azure/functions';

/** Says what it was told. */
app.http('echo', {
  authLevel: 'anonymous',
  methods: ['GET', 'POST', 'PUT'],
  route: 'echo/{id:int}/{rest?}',
  handler: async (request) => ({
    jsonBody: {
      url: request.url,
      method: request.method,
      params: request.params,
      query: Object.fromEntries(request.query),
      headers: Object.fromEntries(request.headers),
      body: Buffer.from(await request.arrayBuffer()).toString('hex'),
    },
  }),
});

app.http('literal', { authLevel: 'anonymous', route: 'echo/0', handler: async () => ({ body: 'the literal' }) });
app.http('files', {
  authLevel: 'anonymous',
  route: 'files/{*path}',
  handler: async ({ params }) => ({ jsonBody: params }),
});
app.http('withKey', { authLevel: 'function', handler: async () => ({ body: 'let in' }) });
app.http('forAdministrators', { authLevel: 'admin', handler: async () => ({ body: 'let in' }) });

const ANSWERS = {
  nothing: () => undefined,
  text: () => 'only a text',
  informational: () => ({ status: 100 }),
  failure: () => {
    throw new Error('a secret reason');
  },
  noContent: () => ({ status: 204, body: 'left out' }),
  bytes: () => ({ status: 201, body: Buffer.from([0, 255]), headers: { 'content-type': 'application/octet-stream' } }),
  twoCookieHeaders: () => ({
    headers: [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
  }),
  cookies: () => ({
    cookies: [
      { name: 'a', value: 'x y', secure: true, httpOnly: true, sameSite: 'Strict' },
      { name: 'b', value: '2', path: '/calls', maxAge: 60, expires: new Date('2030-01-15T12:00:00Z') },
    ],
  }),
};
app.http('answer', { authLevel: 'anonymous', handler: (request) => ANSWERS[request.query.get('with')]() });

app.timer('byHand', {
  schedule: '0 0 0 1 1 *',
  useMonitor: false,
  handler: () => {
    if (process.env.BY_HAND_FAILS) throw new Error('as asked');
  },
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DoctorContext } from '../../cli/doctor/check.ts';
import { signInCheck } from '../../cli/doctor/signInCheck.ts';

let graph: Server;
let graphBaseUrl: string;
let me: string;

beforeAll(async () => {
  graph = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ userPrincipalName: me }));
  });
  await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve));
  graphBaseUrl = `http://127.0.0.1:${(graph.address() as AddressInfo).port}`;
});
afterAll(async () => {
  graph.closeAllConnections();
  await new Promise((resolve) => graph.close(resolve));
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenWith = (scp: string) => [part({ alg: 'RS256' }), part({ scp }), 'signature'].join('.');

async function look(token: string, signedInAs: string) {
  me = signedInAs;
  const settings = { graph: { graphBaseUrl, serviceAccount: 'emergency@contoso.com' } };
  const services = { settings, signIn: { getAccessToken: async () => token } };
  const result = await signInCheck.look({ services } as unknown as DoctorContext);
  if ('unseen' in result) throw new Error(result.unseen);
  return { detail: result.detail, ids: (result.findings ?? []).flatMap((finding) => finding?.id ?? []) };
}

test.each<[string, string, string, string[], RegExp]>([
  [
    'all that is needed',
    'Chat.Read User.Read openid',
    'Emergency@contoso.com',
    [],
    /^emergency@contoso\.com, may Chat\.Read, User\.Read$/,
  ],
  ['more than is needed', 'Chat.ReadWrite', 'emergency@contoso.com', [], /may Chat\.ReadWrite/],
  ['less', 'Chat.ReadBasic User.Read', 'emergency@contoso.com', ['signInScope'], /may Chat\.ReadBasic, User\.Read/],
  ['nothing', '', 'emergency@contoso.com', ['signInScope'], /may nothing/],
  ['another account', 'Chat.Read', 'alex@contoso.com', ['signInAccount'], /^another account/],
])('a sign-in with %s', async (_, scopes, account, ids, detail) => {
  const found = await look(tokenWith(scopes), account);
  expect(found).toEqual({ detail: expect.stringMatching(detail), ids });
  expect(JSON.stringify(found)).not.toContain('alex');
});

test('a token that only Graph can read is not judged', async () => {
  expect(await look('opaque', 'emergency@contoso.com')).toEqual({
    detail: 'emergency@contoso.com, its permissions cannot be seen',
    ids: [],
  });
});

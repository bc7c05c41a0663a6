import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as contract from '../../../shared/dashboard/contract.ts';
import { createPageFiles } from '../../../shared/dashboard/pageFiles.ts';
import {
  ADMINISTRATOR,
  AUDIT,
  DEAD_LETTERS,
  detail,
  MESSAGES,
  PROCEDURE,
  PROCEDURES,
  pastCalls,
  roster,
  SET_UP,
  SIGN_IN,
  STATUS,
  statistics,
} from './scene.ts';

type Answer = { status: number; body: unknown };

/** What the API would say, and what the page asked it for. */
export interface FakeApi {
  url: string;
  /** Shown as they are; a test changes them while the page looks. */
  state: FakeState;
  /** Changes that the page asked for, in their order. */
  changes: { path: string; body: unknown; headers: IncomingMessage['headers'] }[];
  /** Until it is `null` again, every question is answered so: `hang` never. */
  fault: number | 'hang' | null;
  /** What the next changes come to; by their path below `/api/page/`. */
  onChange: (path: string, body: Record<string, unknown>) => Answer;
  /** Ends the questions that hang. */
  breakOff(): void;
  close(): Promise<void>;
}

interface FakeState {
  me: contract.Me;
  live: contract.Live;
  calls: contract.CallSummary[];
  detail: contract.CallDetail;
  signIn: contract.SignInState;
  deadLetters: contract.DeadLetters;
}

/** Speaks the page's contract (each answer is held against it) and serves the built page of `dir`. */
export async function startFakeApi(dir: string, tileOrigin: string | null = null): Promise<FakeApi> {
  const files = createPageFiles(dir, tileOrigin);
  const past = pastCalls();
  const fake: Omit<FakeApi, 'url' | 'breakOff' | 'close'> = {
    state: {
      me: ADMINISTRATOR,
      live: { active: [], newest: past, continuation: null },
      calls: past,
      detail: detail(),
      signIn: SIGN_IN,
      deadLetters: DEAD_LETTERS,
    },
    changes: [],
    fault: null,
    onChange: () => ({ status: 200, body: {} }),
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((caught: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(caught));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, page, path = ''] = /^\/api\/(dashboard|page)\/?(.*)$/.exec(url.pathname) ?? [];
    if (page === 'dashboard') {
      const headers = { get: (name: string) => request.headers[name.toLowerCase()]?.toString() ?? null };
      const file = await files({ params: { path: decodeURIComponent(path) }, headers });
      response.writeHead(file.status, file.headers).end(file.body);
      return;
    }
    if (page !== 'page') return void response.writeHead(404).end();
    if (fake.fault === 'hang') return;
    if (fake.fault !== null) return void response.writeHead(fake.fault).end();
    if (request.method === 'POST') {
      const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
      fake.changes.push({ path, body, headers: request.headers });
      return sendJson(response, fake.onChange(path, body));
    }
    sendMarked(request, response, readOf(path, fake.state, url.searchParams));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(fake, { url, breakOff: () => server.closeAllConnections(), close });
}

/** What stands at an address; the contract refuses what the real API could not say. */
function readOf(path: string, state: FakeState, query: URLSearchParams): unknown {
  const [first, id, part] = path.split('/');
  const looked = { rows: 4, from: null, isComplete: true };
  if (first === 'calls' && part === 'raw') {
    const json = '{\n  "subscriptionId": "1",\n  "changeType": "created"\n}';
    return contract.callRawSchema.parse({ notifications: [{ at: state.detail.at, json }], message: null });
  }
  if (first === 'calls' && part === 'chat')
    return contract.threadSchema.parse({ messages: MESSAGES.messages.slice(0, 1) });
  if (first === 'calls' && id) return contract.callDetailSchema.parse(state.detail);
  if (first === 'calls') {
    const q = query.get('q')?.toLowerCase() ?? '';
    const calls = state.calls.filter(({ caller }) => (caller.name ?? '').toLowerCase().includes(q));
    return contract.callsSchema.parse({ calls, continuation: null, looked });
  }
  switch (path) {
    case 'me':
      return contract.meSchema.parse(state.me);
    case 'live':
      return contract.liveSchema.parse(state.live);
    case 'messages':
      return contract.messagesSchema.parse(MESSAGES);
    case 'status':
      return contract.statusSchema.parse(STATUS);
    case 'dead-letters':
      return contract.deadLettersSchema.parse(state.deadLetters);
    case 'sign-in':
      return contract.signInSchema.parse(state.signIn);
    case 'set-up':
      return contract.setUpSchema.parse(SET_UP);
    case 'roster':
      return contract.rosterSchema.parse(roster());
    case 'statistics':
      return contract.statisticsSchema.parse(statistics());
    case 'audit':
      return contract.auditSchema.parse(AUDIT);
    case 'procedures':
      return contract.proceduresSchema.parse(PROCEDURES);
    case 'procedures/one':
      return contract.procedureSchema.parse({ ...PROCEDURES.procedures[0], markdown: PROCEDURE });
    default:
      throw new Error(`The page asked for ${path}, which the contract does not know`);
  }
}

function sendMarked(request: IncomingMessage, response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  response.writeHead(200, { 'content-type': 'application/json', etag }).end(text);
}

function sendJson(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

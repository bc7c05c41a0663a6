import type { GraphSettings } from '../settings.ts';
import { createChats } from './chats.ts';
import { createGraphClient, type GraphAnswer } from './graphClient.ts';
import type { SignIn } from './signIn.ts';

export type ChatList =
  | { outcome: 'listed'; chatIds: string[]; isComplete: boolean }
  | { outcome: 'failed'; code: string; retryAfterMs: number | null };

const TIMEOUT_MS = 10_000;
const PAGE_SIZE = 50;
/** At most 1,000 chats. */
const MAX_PAGES = 20;

/**
 * The ids of all chats of the signed-in account, those with the newest messages first. Chats in which nothing has been
 * written yet come last: Graph leaves them out of the ordered list, so it is asked twice. Never throws for what Graph
 * or the network did. https://learn.microsoft.com/graph/api/chat-list
 */
export async function listChats(
  settings: Pick<GraphSettings, 'graphBaseUrl'>,
  signIn: Pick<SignIn, 'getAccessToken'>,
): Promise<ChatList> {
  const ordered = await createChats(settings, signIn).recentChats({ changedSince: new Date(0) });
  if (ordered.outcome !== 'chats') {
    const retryAfterMs = 'retryAfterMs' in ordered ? ordered.retryAfterMs : null;
    return { outcome: 'failed', code: ordered.code, retryAfterMs };
  }
  const all = await listAll(settings, signIn);
  if (all.outcome === 'failed') return all;
  const chatIds = [...new Set([...ordered.chats.map(({ id }) => id), ...all.chatIds])];
  return { outcome: 'listed', chatIds, isComplete: ordered.isComplete && all.isComplete };
}

async function listAll(
  settings: Pick<GraphSettings, 'graphBaseUrl'>,
  signIn: Pick<SignIn, 'getAccessToken'>,
): Promise<ChatList> {
  const graph = createGraphClient(settings, signIn);
  const chatIds: string[] = [];
  let path: string | null = `/me/chats?$top=${PAGE_SIZE}`;
  for (let page = 0; page < MAX_PAGES && path !== null; page += 1) {
    const answer: GraphAnswer = await graph.request({ method: 'GET', path, timeoutMs: TIMEOUT_MS });
    const { value, '@odata.nextLink': link } = bodyOf(answer);
    if (!Array.isArray(value)) return toFailure(answer);
    chatIds.push(...value.flatMap(({ id }: { id?: unknown }) => (typeof id === 'string' ? [id] : [])));
    path = graph.pathOfLink(link);
  }
  return { outcome: 'listed', chatIds, isComplete: path === null };
}

function bodyOf(answer: GraphAnswer): { value?: unknown; '@odata.nextLink'?: unknown } {
  const body = answer.outcome === 'answered' && answer.status === 200 ? answer.body : null;
  return typeof body === 'object' && body !== null ? body : {};
}

function toFailure(answer: GraphAnswer): ChatList {
  switch (answer.outcome) {
    case 'answered':
      return { outcome: 'failed', code: answer.code, retryAfterMs: answer.retryAfterMs };
    case 'notAnswered':
      return { outcome: 'failed', code: answer.code, retryAfterMs: null };
    case 'signInFailed':
      return { outcome: 'failed', code: answer.error.code, retryAfterMs: answer.error.retryAfterMs };
  }
}

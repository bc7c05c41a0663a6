import { authenticateUser, requireSelf } from '../authorization.ts';
import { badRequest } from '../graphRefusal.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import type { ChatMessage } from '../model.ts';
import { contextOf, parseDate, readOptions, toPage } from '../odata.ts';
import { READ_MESSAGES } from '../permissions.ts';
import type { State } from '../state.ts';
import { chatFor } from './chat.ts';
import { prefersUnknownMembers, toWireMessage } from './chatMessage.ts';

type DateProperty = 'lastModifiedDateTime' | 'createdDateTime';

interface Clause {
  property: DateProperty;
  operator: 'gt' | 'lt';
  ms: number;
}

/**
 * `GET /chats/{id}/messages`, newest first. `$filter` is silently ignored unless `$orderby` names the same property,
 * as "List messages in a chat" says.
 */
export function listMessages(state: State, request: WireRequest): Reply {
  const caller = authenticateUser(state, request, READ_MESSAGES);
  requireSelf(caller, request.params.userId);
  const chat = chatFor(state, caller.user, param(request, 'chatId'));
  const options = readOptions(request, ['$top', '$orderby', '$filter', '$skiptoken']);
  const orderBy = readOrderBy(options.get('$orderby'));
  const clauses = readFilter(options.get('$filter'));
  const honoured = clauses.every(({ property }) => property === orderBy.named) ? clauses : [];
  const messages = chat.messages
    .filter((message) => honoured.every((clause) => meets(message, clause)))
    .sort((a, b) => b[orderBy.property].localeCompare(a[orderBy.property]) || b.id.localeCompare(a.id));
  const page = toPage(state, request, options, messages);
  const showsSystemEvents = prefersUnknownMembers(request);
  const value = page.value.map((message) => toWireMessage(message, showsSystemEvents));
  const context = contextOf(state, `chats('${encodeURIComponent(chat.id)}')/messages`);
  return { status: 200, json: { '@odata.context': context, ...page, value } };
}

function readOrderBy(text: string | undefined): { property: DateProperty; named: DateProperty | null } {
  if (text === undefined) {
    return { property: 'lastModifiedDateTime', named: null };
  }
  const match = /^(lastModifiedDateTime|createdDateTime)(?: (asc|desc))?$/.exec(text);
  const property = match?.[1];
  if (!isDateProperty(property)) {
    throw badRequest(`Order by '${text}' is not supported.`);
  }
  if (match?.[2] !== 'desc') {
    throw badRequest(`QueryOptions to order by '${property}' is only supported in 'Descending' direction.`);
  }
  return { property, named: property };
}

/** `lastModifiedDateTime` knows gt and lt, `createdDateTime` only lt. */
function readFilter(text: string | undefined): Clause[] {
  return (text === undefined ? [] : text.split(' and ')).map((clause) => {
    const [, property, operator, date = ''] = /^(\w+) (gt|lt) (\S+)$/.exec(clause) ?? [];
    const ms = parseDate(date);
    const isSupported = isDateProperty(property) && !(property === 'createdDateTime' && operator === 'gt');
    if (!isSupported || ms === null) {
      throw badRequest(`Invalid filter clause: ${clause}`);
    }
    return { property, operator: operator === 'gt' ? 'gt' : 'lt', ms };
  });
}

function isDateProperty(name: string | undefined): name is DateProperty {
  return name === 'lastModifiedDateTime' || name === 'createdDateTime';
}

function meets(message: ChatMessage, { property, operator, ms }: Clause): boolean {
  const value = Date.parse(message[property]);
  return operator === 'gt' ? value > ms : value < ms;
}

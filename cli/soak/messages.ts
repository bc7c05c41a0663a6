import type { Graph } from '../../local/graph/graph.ts';

/** By Teams' clock; the same in every run. */
export const FIRST_MESSAGE_AT = Date.UTC(2026, 0, 5, 9);

/** Microsoft's sample people. */
const PEOPLE = [
  ...[
    'alex.wilber',
    'adele.vance',
    'megan.bowen',
    'diego.siciliani',
    'lidia.holloway',
    'nestor.wilke',
    'isaiah.langer',
  ],
  ...['patti.fernandez', 'pradeep.gupta', 'lynne.robbins', 'miriam.graham', 'henrietta.mueller', 'grady.archie'],
].map((name) => `${name}@contoso.com`);
const PLACES = ['Building 34, Room 2210', 'Loc REDMOND', 'Warehouse 7, Dock C', 'Kirkland Garage, Level 3'];
const ORDINARY = [
  'Lunch at the food trucks?',
  'The printer on floor two works again.',
  '<p>Minutes of the <b>budget</b></p>',
];
const WITH_CARD = '<p>has placed an Emergency Call</p><attachment id="card"></attachment>';
const CARD = {
  type: 'AdaptiveCard',
  body: [
    { type: 'TextBlock', text: 'Contoso security desk: caller and place of the call' },
    { type: 'FactSet', facts: [{ title: 'Callback number', value: '+1 425 555 0131' }] },
  ],
};

/** What must never stand in a log: people, numbers, places, words of messages. */
export const PERSONAL: readonly string[] = [
  ...PEOPLE,
  ...PEOPLE.map((upn) => upn.replace(/@.*/, '').replace('.', ' ')),
  ...['+1425555', '425 555', 'megan@contoso.com', ...PLACES, 'food trucks', 'printer on floor', 'Minutes of the'],
  ...['has placed an', 'Notruf abgesetzt', 'effectué un appel', 'llamada de emergencia', 'security desk: caller'],
];

/** `damaged`: an emergency message that Graph never hands out as it was written. */
export type MessageKind = 'emergency' | 'ordinary' | 'damaged';

/** Someone of the tenant writes the `n`-th message of the run at the look-alike, which announces it. */
export async function writeMessage(
  graph: Graph,
  kind: MessageKind,
  n: number,
): Promise<{ chatId: string; messageId: string }> {
  const person = PEOPLE[n % PEOPLE.length] ?? '';
  const at = new Date(FIRST_MESSAGE_AT + n * 1_000);
  const chatId = await chatOf(graph, person);
  if (kind === 'ordinary') {
    const content = ORDINARY[n % ORDINARY.length] ?? '';
    return { chatId, messageId: await graph.chats.postMessage(chatId, { from: person, content, at }) };
  }
  if (kind === 'damaged' && n % 3 === 0) {
    const message = { from: person, content: WITH_CARD, attachments: [cardAttachment()], at };
    return { chatId, messageId: await graph.chats.postMessage(chatId, { ...message, importance: 'high' }) };
  }
  return graph.emergency.placeEmergencyCall({
    ...{ chatId, caller: person, occurredAt: at, callbackNumber: '+14255550123' },
    numberDialed: n % 5 === 0 ? '933' : '911',
    place: { name: PLACES[n % PLACES.length] ?? '', coordinates: { latitude: 47.64, longitude: -122.13 } },
    language: ['en', 'en', 'de', 'fr', 'es'][n % 5] ?? 'en',
    layout: (['lines', 'breaks', 'table'] as const)[n % 3] ?? 'lines',
  });
}

const cardAttachment = () => ({
  id: 'card',
  contentType: 'application/vnd.microsoft.card.adaptive',
  content: JSON.stringify(CARD),
});

/** A chat of two has an id that is made of theirs: the same in every run. */
async function chatOf(graph: Graph, person: string): Promise<string> {
  const users = graph.directory.users();
  const id = `22223333-cccc-4444-dddd-${String(PEOPLE.indexOf(person)).padStart(12, '0')}`;
  if (!users.some((user) => user.id === id)) {
    const displayName = person.replace(/@.*/, '').replace('.', ' ');
    graph.directory.addUser({ id, userPrincipalName: person, displayName });
    const account = users[0]?.userPrincipalName ?? '';
    return graph.chats.createChat({ members: [person, account], chatType: 'oneOnOne', at: new Date(FIRST_MESSAGE_AT) });
  }
  return `19:${id}_${users[0]?.id}@unq.gbl.spaces`;
}

import { createTeamsChannel } from '../../shared/messaging/teams/teamsChannel.ts';
import { describeChannel } from './channelSuite.ts';
import { type Posted, respond, startPostServer } from './postServer.ts';

const PATH = '/workflows/0123/triggers/manual/paths/invoke?api-version=1&sig=a-secret';

interface Item {
  type: string;
  text?: string;
  inlines?: Item[];
  columns?: Item[];
  items?: Item[];
  body?: Item[];
}

const all = (item: Item): Item[] => [
  item,
  ...[item.body, item.columns, item.items, item.inlines].flatMap((list) => (list ?? []).flatMap(all)),
];
const cardOf = ({ body }: Posted) => (JSON.parse(body) as { attachments: { content: Item }[] }).attachments[0]?.content;

describeChannel({
  name: 'teams',
  to: 'teams',
  create: (origin, timeoutMs) => createTeamsChannel(`${origin}${PATH}`, { timeoutMs }),
  takes: respond(202),
  refuses: respond(400, { error: { code: 'echo of the request' } }),
  shown: (request) => {
    const items = all(cardOf(request) ?? { type: 'none' });
    return { texts: [items.map(({ text = '' }) => text).join(' ')], markup: items.map(({ type }) => type) };
  },
  // No TextBlock: that would read Markdown, and so a link, out of a name.
  markup: ['AdaptiveCard', 'RichTextBlock', 'TextRun', 'ColumnSet', 'Column'],
  languages: ['en', 'de', 'es', 'fr'],
});

describe('the card', () => {
  test('is the message that a workflow posts', async () => {
    const server = await startPostServer(respond(202, '', { 'x-ms-workflow-run-id': '08584-run' }));
    const channel = createTeamsChannel(`${server.origin}${PATH}`);
    const result = await channel.send({ to: 'teams', body: 'EMERGENCY CALL to 911 [K7M]\nLocation: ' });
    await server.close();
    expect(result).toEqual({ outcome: 'accepted', providerMessageId: '08584-run', status: 'HTTP 202' });
    const [posted] = server.received;
    expect(posted).toMatchObject({ method: 'POST', path: PATH });
    expect(JSON.parse(posted?.body ?? '')).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { type: 'AdaptiveCard', version: '1.4', body: [{ type: 'RichTextBlock' }, { type: 'ColumnSet' }] },
        },
      ],
    });
    // A run without text makes the whole card invalid.
    expect(all(cardOf(posted as Posted) as Item).filter(({ type, text }) => type === 'TextRun' && !text)).toEqual([]);
  });

  test('a name for the run that is none stays off the record', async () => {
    const server = await startPostServer(respond(202, '', { 'x-ms-workflow-run-id': 'Alex Wilber, +1 425' }));
    const result = await createTeamsChannel(server.origin).send({ to: 'teams', body: 'x' });
    await server.close();
    expect(result).toMatchObject({ providerMessageId: 'workflow' });
  });
});

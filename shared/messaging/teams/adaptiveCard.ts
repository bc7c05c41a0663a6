import { readMessageTable } from '../alertTable.ts';

/**
 * The message that the Workflows template "Send webhook alerts to a channel" posts: one adaptive card
 * (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using). All text is in
 * text runs, which know no Markdown: a name or a place can hold no link.
 */
export function adaptiveCard(body: string): object {
  const { heading, rows } = readMessageTable(body);
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      textOf(heading, { weight: 'Bolder', size: 'Large' }),
      ...rows.map(({ label, value }) => ({
        type: 'ColumnSet',
        columns: [columnOf(textOf(label, { weight: 'Bolder' }), 1), columnOf(textOf(value), 3)],
      })),
    ],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

function textOf(text: string, look: Readonly<Record<string, string>> = {}): object {
  // An empty run is no valid one.
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: text === '' ? ' ' : text, ...look }] };
}

function columnOf(item: object, width: number): object {
  return { type: 'Column', width, items: [item] };
}

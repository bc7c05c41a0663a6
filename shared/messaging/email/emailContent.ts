import { readMessageTable } from '../alertTable.ts';

/** What stands before the first colon of news about a call: its code. */
const LEAD = /^[^:]{1,40}?(?=\s?:)/;
const CELL = 'style="text-align:left;vertical-align:top;padding:4px 12px 4px 0"';

/**
 * The words of a message as the service takes them: a subject, which names nobody and no place, plain text, and HTML in
 * which the facts are a table and nothing of a stranger's is markup.
 */
export function emailContent(body: string): { subject: string; plainText: string; html: string } {
  const { heading, rows } = readMessageTable(body);
  const isTable = rows.length > 0;
  const subject = isTable ? heading : (LEAD.exec(heading)?.[0] ?? 'Emergency call');
  const cells = rows.map(
    ({ label, value }) => `<tr><th ${CELL}>${escaped(label)}</th><td ${CELL}>${escaped(value)}</td></tr>`,
  );
  const table = isTable ? `<table role="presentation">${cells.join('')}</table>` : '';
  return {
    subject,
    plainText: body,
    html: `<!doctype html><html><body><p><strong>${escaped(heading)}</strong></p>${table}</body></html>`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

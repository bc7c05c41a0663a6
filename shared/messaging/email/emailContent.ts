import { readMessageTable } from '../alertTable.ts';
import { alertTextsIn } from '../alertTexts/languages.ts';
import { escapeHtml } from '../escapeHtml.ts';

/** What stands before the first colon of news about a call: its code. */
const LEAD = /^[^:]{1,40}?(?=\s?:)/;
const CELL = 'style="text-align:left;vertical-align:top;padding:4px 12px 4px 0"';

/**
 * The words of a message as the service takes them: a subject, which names nobody and no place, plain text, and HTML in
 * which the facts are a table and nothing of a stranger's is markup. `link`: where its reader can answer, and in
 * what language (BCP 47) that is said.
 */
export function emailContent(
  body: string,
  link: { url: string; language: string } | null = null,
): { subject: string; plainText: string; html: string } {
  const { heading, rows } = readMessageTable(body);
  const isTable = rows.length > 0;
  const subject = isTable ? heading : (LEAD.exec(heading)?.[0] ?? 'Emergency call');
  const cells = rows.map(
    ({ label, value }) => `<tr><th ${CELL}>${escapeHtml(label)}</th><td ${CELL}>${escapeHtml(value)}</td></tr>`,
  );
  const table = isTable ? `<table role="presentation">${cells.join('')}</table>` : '';
  const { answer, withinAnHour } = alertTextsIn(link?.language);
  const button =
    link === null
      ? ''
      : `<p><a href="${escapeHtml(link.url)}">${escapeHtml(answer)}</a> (${escapeHtml(withinAnHour)})</p>`;
  return {
    subject,
    plainText: link === null ? body : `${body}\n\n${answer} ${withinAnHour}: ${link.url}`,
    html: `<!doctype html><html><body><p><strong>${escapeHtml(heading)}</strong></p>${table}${button}</body></html>`,
  };
}

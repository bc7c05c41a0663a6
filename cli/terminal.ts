import type { CallReport, ReportedMessage } from './callReport.ts';

const WIDTH = 44;

/** The way of a call, a line a stage, with the milliseconds of each and their sum. */
export function renderStages({ stages }: CallReport): string {
  const width = Math.max(...stages.map(({ name }) => name.length));
  const total = stages.reduce((sum, { ms }) => sum + ms, 0);
  const line = (name: string, ms: number) => `  ${name.padEnd(width)} ${String(ms).padStart(7)} ms`;
  return [...stages.map(({ name, ms }) => line(name, ms)), line('together', total)].join('\n');
}

/** A message as a phone would show it. */
export function renderPhone({ to, body, status, segments }: ReportedMessage): string {
  const edge = (left: string, title: string, right: string) =>
    `  ${left}─ ${title} ${'─'.repeat(Math.max(0, WIDTH - title.length - 1))}${right}`;
  const lines = wrap(body, WIDTH).map((line) => `  │ ${line.padEnd(WIDTH)} │`);
  const foot = `${status}, ${segments} ${segments === 1 ? 'segment' : 'segments'}`;
  return [edge('╭', to, '╮'), ...lines, edge('╰', foot, '╯')].join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
      while (line.length > width) {
        lines.push(line.slice(0, width));
        line = line.slice(width);
      }
    }
    lines.push(line);
  }
  return lines;
}

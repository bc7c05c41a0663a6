import type { StatusPart, StatusReport } from './statusReport.ts';

export interface TableStyle {
  columns: number;
  hasColours: boolean;
  /** A time as the team reads its clock. */
  timeText(iso: string): string | null;
  /** IANA name of that clock's zone. */
  zone: string;
}

/** Narrower, and words would be cut; wider, and the eye loses the line. */
const WIDTH = { least: 60, most: 110 };
type Shown = StatusPart['state'];

const WORDS: Record<Shown, string> = { ok: 'OK', warning: 'WARNING', critical: 'CRITICAL', unknown: 'UNKNOWN' };
/** ECMA-48, 8.3.117 (SGR): bold red, yellow, green, yellow. */
const COLOURS: Record<Shown, string> = { critical: '1;31', warning: '33', ok: '32', unknown: '33' };

/** The verdict, a line for each part, and below it what to do about each that is not well. */
export function renderStatus(report: StatusReport, style: TableStyle): string {
  const width = Math.min(WIDTH.most, Math.max(WIDTH.least, style.columns));
  const bad = report.parts.filter(({ findings }) => findings.length > 0);
  return [
    `Teams Emergency Alerts at ${style.timeText(report.at)} (${style.zone})`,
    verdictOf(report, style),
    '',
    ...tableOf(report.parts, width, style),
    ...(bad.length > 0 ? ['', 'What to do:'] : []),
    ...bad.sort((a, b) => rank(a) - rank(b)).flatMap((part) => adviceOn(part, width, style)),
    '',
  ].join('\n');
}

function rank({ state }: StatusPart): number {
  return state === 'critical' ? 0 : 1;
}

function verdictOf({ state, parts }: StatusReport, style: TableStyle): string {
  const count = (severity: Shown) =>
    parts.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length;
  const warnings = count('warning');
  const numbers = `${count('critical')} critical, ${warnings} warning${warnings === 1 ? '' : 's'}`;
  return `${coloured(state, WORDS[state], style)}${state === 'ok' ? ': everything that is watched is well.' : `: ${numbers}.`}`;
}

function tableOf(parts: readonly StatusPart[], width: number, style: TableStyle): string[] {
  const names = Math.max('PART'.length, ...parts.map(({ part }) => part.length));
  const states = 'CRITICAL'.length;
  const since = parts.map((part) => sinceOf(part.since, style));
  const times = Math.max('SINCE'.length, ...since.map((text) => text.length));
  const indent = names + states + times + 6;
  const row = (name: string, state: string, time: string, detail: string) => {
    const [first = '', ...rest] = wrapped(detail, width - indent);
    const head = `${name.padEnd(names)}  ${state}  ${time.padEnd(times)}  ${first}`.trimEnd();
    return [head, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
  };
  return [
    ...row('PART', 'STATE'.padEnd(states), 'SINCE', 'DETAIL'),
    ...parts.flatMap(({ part, state, detail }, index) =>
      row(part, coloured(state, WORDS[state].padEnd(states), style), since[index] ?? '', detail),
    ),
  ];
}

function sinceOf(since: string | null, { timeText }: TableStyle): string {
  return since === null ? '' : (timeText(since) ?? '');
}

function adviceOn({ part, findings }: StatusPart, width: number, style: TableStyle): string[] {
  return findings.flatMap(({ severity, since, what, todo }) => {
    const when = since === null ? '' : `, since ${sinceOf(since, style)}`;
    return [
      '',
      `${coloured(severity, WORDS[severity], style)} ${part}${when}`,
      ...indented(what, '  ', width),
      ...indented(todo, '  -> ', width),
    ];
  });
}

function indented(text: string, lead: string, width: number): string[] {
  return wrapped(text, width - lead.length).map(
    (line, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${line}`,
  );
}

/** At spaces; a word that is longer than the line stands alone. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function coloured(state: Shown, text: string, { hasColours }: TableStyle): string {
  return hasColours ? `\u001b[${COLOURS[state]}m${text}\u001b[0m` : text;
}

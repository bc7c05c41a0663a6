import { callTime } from '../shared/messaging/callTime.ts';
import { type State, worstOf } from '../shared/watch/finding.ts';
import type { SettingsSource } from './commandSettings.ts';
import type { Check, DoctorContext } from './doctor/check.ts';
import { CHECKS } from './doctor/checks.ts';
import { type PartReport, runChecks } from './doctor/runChecks.ts';
import { type Hint, teamsHints } from './doctor/teamsCheck.ts';
import type { StatusTerminal } from './statusCommand.ts';
import { renderStatus } from './statusTable.ts';

export interface DoctorReport {
  /** What is looked at, in words. */
  lookedAt: string;
  /** ISO 8601 in UTC. */
  at: string;
  state: State;
  parts: PartReport[];
  /** What only a person can look at. */
  byHand: Hint[];
}

export interface DoctorOptions {
  json?: boolean;
  checks?: readonly Check[];
  /** For each part. */
  limitMs?: number;
}

/**
 * Looks at every part from outside and shows how each stands. Returns the exit code: 2 for something critical, 3 when a
 * part could not be looked at, 1 for a warning, else 0.
 */
export async function doctorCommand(
  context: DoctorContext,
  terminal: StatusTerminal,
  { json = false, checks = CHECKS, ...limits }: DoctorOptions = {},
): Promise<0 | 1 | 2 | 3> {
  const lookedAt = describe(context.reading);
  if (!json) terminal.write(`${lookedAt}\n`);
  const parts = await runChecks(checks, context, limits);
  const report: DoctorReport = {
    lookedAt,
    at: new Date(context.machineNow()).toISOString(),
    state: worstOf(parts.flatMap(({ findings }) => findings.map(({ severity }) => severity))),
    parts,
    byHand: teamsHints(context),
  };
  terminal.write(json ? `${JSON.stringify(report, null, 2)}\n` : render(report, context, terminal));
  if (report.state === 'critical') return 2;
  if (parts.some(({ isBlind }) => isBlind)) return 3;
  return report.state === 'warning' ? 1 : 0;
}

/** What this process puts in the place of a setting is looked at instead, and may hide a fault of the real one. */
function describe({ source, overridden }: DoctorContext['reading']): string {
  const instead = overridden.length > 0 ? `, with ${overridden.join(', ')} of this shell in the place of its own` : '';
  return `${describeSource(source)}${instead}`;
}

/** In words that tell a deployment from what only pretends. */
export function describeSource(source: SettingsSource): string {
  switch (source.kind) {
    case 'deployment': {
      const { name, values } = source.environment;
      return `The deployment "${name}" (resource group ${values.AZURE_RESOURCE_GROUP ?? 'unknown'}), as its azd environment in this folder has it`;
    }
    case 'stack':
      return 'The stack that runs in this folder: nothing here is real';
    case 'file':
      return 'What local.settings.json of this folder names';
    case 'process':
      return 'What the environment of this process names: there is no deployment, stack or local.settings.json here';
  }
}

function render(report: DoctorReport, { services, reading }: DoctorContext, terminal: StatusTerminal): string {
  const zone = services?.timeZone() ?? 'UTC';
  const timeText = (iso: string) => callTime(new Date(iso), zone, { hasDate: true, hasSeconds: false, hasZone: false });
  const parts = report.parts.map(({ part, state, detail, findings }) => ({
    ...{ part, state, detail, since: null },
    findings: findings.map(({ id, severity, what, why, todo }) => ({
      ...{ id, severity, todo, title: id, since: null },
      what: `${what} ${why}`,
    })),
  }));
  const table = renderStatus({ at: report.at, state: report.state, parts }, { ...terminal, timeText, zone });
  // Whoever has something critical to mend needs no more to read, and a pretend tenant has no policies.
  const isEnough = report.state === 'critical' || reading.source.kind === 'stack';
  return isEnough ? table : `${table}\n${renderHints(report.byHand, terminal)}`;
}

/** A line of PowerShell is not wrapped, so that it can be copied. */
function renderHints(hints: readonly Hint[], { columns }: StatusTerminal): string {
  const width = Math.min(110, Math.max(60, columns));
  const lines = hints.flatMap(({ what, where, powerShell }) => [
    '',
    ...indented(what, '  ', width),
    ...indented(where, '  -> ', width),
    ...(powerShell === null ? [] : [`  PS> ${powerShell}`]),
  ]);
  return ['To be looked at by hand, since no program can:', ...lines, ''].join('\n');
}

function indented(text: string, lead: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width - lead.length)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${line}`);
}

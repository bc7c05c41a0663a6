import { renderStatus, type TableStyle } from '../statusTable.ts';
import type { AfterResult } from './after.ts';
import type { TenantTask } from './tenantWork.ts';
import { indented, wrapped } from './text.ts';

/** The table of what works, how to mend what does not, and what is left to the tenant's administrator. */
export function renderAfter({ report, tasks, signIn }: AfterResult, style: TableStyle): string {
  const width = Math.min(110, Math.max(60, style.columns));
  return [
    '',
    renderStatus(report, style).trimEnd(),
    '',
    renderTasks(tasks, width),
    ...wrapped(nextStep(report.state === 'critical', signIn), width),
    '',
  ].join('\n');
}

/** 1 stops azd. Where the sign-in is left to do nothing has failed, and the last line of the report says what to do. */
export function exitCodeAfter({ report, signIn }: Pick<AfterResult, 'report' | 'signIn'>): 0 | 1 {
  return report.state === 'critical' && signIn !== 'open' ? 1 : 0;
}

export function renderTasks(tasks: readonly TenantTask[], width: number): string {
  const intro =
    'Nothing of this can be seen or done from here. The lines are for PowerShell, after: Connect-MicrosoftTeams';
  return [
    "Left to the tenant's administrator",
    ...wrapped(intro, width),
    ...tasks.flatMap((task, index) => ['', ...taskLines(task, index + 1, width)]),
    '',
  ].join('\n');
}

function taskLines({ title, why, place, lines }: TenantTask, number: number, width: number): string[] {
  const lead = `${number}. `;
  const inner = ' '.repeat(lead.length);
  return [
    ...indented(title, lead, width),
    ...indented(why, inner, width),
    ...indented(place, `${inner}-> `, width),
    // As it is typed: a line that is broken is another command.
    ...lines.map((line) => `${inner}   ${line}`),
  ];
}

function nextStep(isCritical: boolean, signIn: AfterResult['signIn']): string {
  if (signIn === 'open')
    return 'Next: npm run sign-in. Until then no call is read from the chats. Then: npm run status';
  if (isCritical) return 'Next: mend what is CRITICAL above: until then a call may go unnoticed. Then: npm run doctor';
  return 'Next: the steps above, and then the first call to 933. Whenever in doubt: npm run doctor';
}

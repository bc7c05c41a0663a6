import type { Located } from '../../../shared/tenant/audit/coverage.ts';
import {
  type AuditReport,
  type BrokenRule,
  brokenRules,
  COVERAGE_NOTE,
  countText,
  HEADINGS,
  testText,
} from './auditReport.ts';

/** More names than these are counted. */
const MOST_NAMES = 10;
const WORDS = { critical: 'CRITICAL', warning: 'WARNING', information: 'TO KNOW' };

/** The audit as lines for a terminal: what is wrong first, then what is covered. */
export function auditLines(report: AuditReport): string[] {
  const { tenant, cloud, exportedAt, rules, counts, attested, notLookedAt } = report;
  return [
    `${tenant} (${cloud}), exported ${exportedAt}`,
    `${rules} rules: ${countText(counts)}`,
    ...notLookedAt.map((line) => `NOT LOOKED AT  ${line}`),
    ...(report.findings.length === 0 ? [] : ['', HEADINGS]),
    ...brokenRules(report).flatMap(ruleLines),
    '',
    ...coverageLines(report),
    '',
    'Answered for',
    ...(attested.length === 0 ? ['  nothing'] : []),
    ...attested.map(
      ({ ruleId, rule, name, at, validUntil }) =>
        `  ${ruleId}  ${rule}: ${name}, ${at.slice(0, 10)}, holds until ${validUntil.slice(0, 10)}`,
    ),
  ];
}

function ruleLines({ rule, findings }: BrokenRule): string[] {
  const [{ ruleId, severity, why, source, decided }] = findings;
  return [
    '',
    `${WORDS[severity].padEnd(8)}  ${ruleId}  ${rule}`,
    `  Why: ${why}`,
    `  Source: ${source}`,
    ...findings.flatMap(({ object, what, mend }) =>
      decided === 'asked' ? [`  ${what}`, `    ${mend}`] : [`  ${object}`, `    ${what}`, `    ${mend}`],
    ),
  ];
}

function coverageLines({ coverage }: AuditReport): string[] {
  const { users, sites, subnets, numbers, told } = coverage;
  return [
    `${'Located'.padEnd(10)}${'precisely'.padStart(11)}${'statically'.padStart(12)}${'not at all'.padStart(12)}`,
    ...locatedLines('users', users),
    ...locatedLines('sites', sites),
    ...locatedLines('subnets', subnets),
    ...locatedLines('numbers', numbers),
    COVERAGE_NOTE,
    '',
    'Who is told, by site',
    ...told.flatMap(({ site, policy, told: desks, testedAt }) => [
      `  ${site}: ${policy ?? "no policy of its own: the user's, or the tenant's own"}; tested with 933: ${testText(coverage, testedAt)}`,
      ...desks.map((line) => `    ${line}`),
    ]),
  ];
}

function locatedLines(name: string, { precisely, statically, notAtAll }: Located): string[] {
  const row = `${name.padEnd(10)}${String(precisely).padStart(11)}${String(statically).padStart(12)}${String(notAtAll.length).padStart(12)}`;
  return notAtAll.length === 0 ? [row] : [row, `  not at all: ${namesText(notAtAll)}`];
}

export function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

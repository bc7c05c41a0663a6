import { escapeHtml } from '../../../shared/messaging/escapeHtml.ts';
import type { Coverage } from '../../../shared/tenant/audit/coverage.ts';
import {
  type AuditReport,
  type BrokenRule,
  brokenRules,
  COVERAGE_NOTE,
  countText,
  HEADINGS,
  testText,
} from './auditReport.ts';
import { namesText } from './auditText.ts';

const WORDS = { critical: 'Critical', warning: 'Warning', information: 'To know' };

const STYLE = `:root{color-scheme:light dark;--line:#ccc;--soft:#f4f4f4;--bad:#a80000;--warn:#8a5300}
@media (prefers-color-scheme:dark){:root{--line:#555;--soft:#222;--bad:#ff9d9d;--warn:#ffc973}}
body{font:16px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
section{border-top:1px solid var(--line);padding:.5rem 0}
h3 .critical{color:var(--bad)}h3 .warning{color:var(--warn)}
pre{background:var(--soft);padding:.5rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0 1rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top}
@media print{body{margin:0;max-width:none;font-size:11pt}section,tr{break-inside:avoid}a::after{content:' ' attr(href)}}`;

/** The audit as one file that needs nothing else: no script, no picture, no address that it asks. */
export function auditHtml(report: AuditReport): string {
  const { tenant, cloud, exportedAt, auditedAt, rules, counts, serviceAccount, notLookedAt } = report;
  const title = `Emergency calling audit: ${tenant}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(`${cloud}; exported ${exportedAt}; audited ${auditedAt}; service account ${serviceAccount ?? 'not named'}.`)}</p>
<p><strong>${escapeHtml(`${rules} rules: ${countText(counts)}.`)}</strong></p>
${notLookedAt.map((line) => `<p><strong>Not looked at:</strong> ${escapeHtml(line)}</p>`).join('\n')}
<h2>Findings</h2>
${report.findings.length === 0 ? '<p>None.</p>' : `<p>${HEADINGS}</p>\n`}
${brokenRules(report).map(ruleSection).join('\n')}
<h2>Coverage</h2>
<p>${escapeHtml(COVERAGE_NOTE)}</p>
${coverageTable(report.coverage)}
<h2>Who is told, by site</h2>
${toldTable(report.coverage)}
<h2>Answered for</h2>
${attestedTable(report)}
</main>
</body>
</html>
`;
}

function ruleSection({ rule, findings }: BrokenRule): string {
  const [{ ruleId, severity, why, source, decided }] = findings;
  const objects = findings.map(({ object, what, mend }) => {
    const text = decided === 'asked' ? escapeHtml(what) : `<strong>${escapeHtml(object)}</strong> ${escapeHtml(what)}`;
    return `<p>${text}</p>\n<pre>${escapeHtml(mend)}</pre>`;
  });
  return `<section>
<h3><span class="${severity}">${WORDS[severity]}</span> ${escapeHtml(ruleId)}: ${escapeHtml(rule)}</h3>
<p>${escapeHtml(why)} <a href="${escapeHtml(source)}">Source</a></p>
${objects.join('\n')}
</section>`;
}

function coverageTable(coverage: Coverage): string {
  const names = ['users', 'sites', 'subnets', 'numbers'] as const;
  const rows = names.map((name) => {
    const { precisely, statically, notAtAll } = coverage[name];
    return [name, String(precisely), String(statically), String(notAtAll.length), namesText(notAtAll)];
  });
  return table(['Located', 'Precisely', 'Statically', 'Not at all', 'Which not'], rows);
}

function toldTable(coverage: Coverage): string {
  const rows = coverage.told.map(({ site, policy, told: desks, testedAt }) => [
    ...[site, policy ?? 'none of its own', desks.join('; ')],
    testText(coverage, testedAt),
  ]);
  return table(['Site', 'Policy', 'Told', 'Tested with 933'], rows);
}

function attestedTable({ attested }: AuditReport): string {
  if (attested.length === 0) return '<p>Nothing.</p>';
  const rows = attested.map(({ ruleId, rule, name, at, validUntil, note }) => [
    ...[`${ruleId}: ${rule}`, name, at.slice(0, 10), validUntil.slice(0, 10), note ?? ''],
  ]);
  return table(['Rule', 'Who', 'When', 'Holds until', 'How'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]) => row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
  return `<table>
<thead><tr>${head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}
</tbody>
</table>`;
}

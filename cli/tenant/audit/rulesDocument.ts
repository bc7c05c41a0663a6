import { CATALOGUE } from '../../../shared/tenant/audit/catalogue.ts';
import type { TenantRule } from '../../../shared/tenant/tenantRule.ts';
import { createSampleTenant, SAMPLE_SEED } from '../sample/sampleTenant.ts';

const HEAD = `# The rules of the audit

Written by \`npm run tenant -- rules docs/tenant-rules.md\` from the list that the audit itself uses. *Export*: decided from the export. *Asked*: no export tells, so somebody answers for it (\`npm run tenant -- attest\`), and the answer holds for twelve months; without one it is a warning at most. Rules of *export* are tested in \`test/tenant/sampleTenant.test.ts\` by a fault that is planted in \`samples/contoso\`: found as it is, gone when it is mended. Those that are *asked* are tested in \`test/tenant/auditTenant.test.ts\`: missing, answered, expired.
`;

const COLUMNS = '| Number | Rule | Severity | Why | Decided | Test | Source |\n| - | - | - | - | - | - | - |\n';

const SUBJECTS: Readonly<Record<string, string>> = {
  TOLD: 'Who is told',
  LIS: 'Location Information Service',
  NET: 'Network settings',
  ROUTE: 'Direct Routing and emergency call routing policies',
  SHARED: 'Shared Calling',
  MOBILE: 'Operator Connect Mobile',
  NUMBER: 'Numbers and their users',
  CLIENT: 'Clients',
};

/** The catalogue as Markdown, by subject. */
export function rulesDocument(): string {
  const planted = new Map(createSampleTenant(SAMPLE_SEED).faults.map(({ rule, object }) => [rule, object]));
  const subjects = [...new Set(CATALOGUE.map(subjectOf))];
  const parts = subjects.map((subject) => {
    const rules = CATALOGUE.filter((rule) => subjectOf(rule) === subject);
    return `## ${SUBJECTS[subject] ?? subject}\n\n${COLUMNS}${rules.map((rule) => rowOf(rule, planted.get(rule.id))).join('\n')}\n`;
  });
  return [HEAD, ...parts].join('\n');
}

function subjectOf({ id }: TenantRule): string {
  return id.replace(/-\d+$/, '');
}

function rowOf({ id, rule, severity, why, source, find }: TenantRule, planted: string | undefined): string {
  const [decided, test] = find === null ? ['asked', 'asked rules'] : ['export', `planted: ${planted ?? 'nothing'}`];
  const page = source.replace(/^https:\/\/(?:learn\.microsoft\.com|www\.ecfr\.gov)\//, '');
  const cells = [id, rule, severity, why, decided, test].map((cell) => cell.replaceAll('|', '\\|'));
  return `| ${cells.join(' | ')} | [${page}](${source}) |`;
}

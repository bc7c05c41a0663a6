import type { Attestation } from '../../../shared/tenant/audit/attestation.ts';
import { auditTenant, type Finding, type Findings } from '../../../shared/tenant/audit/auditTenant.ts';
import { CATALOGUE } from '../../../shared/tenant/audit/catalogue.ts';
import { type Coverage, coverageOf } from '../../../shared/tenant/audit/coverage.ts';
import type { TenantConfig } from '../../../shared/tenant/tenantConfig.ts';
import { createTenantIndex } from '../../../shared/tenant/tenantIndex.ts';
import type { Severity } from '../../../shared/tenant/tenantRule.ts';

/** What an audit is made from. */
export interface AuditInput {
  config: TenantConfig;
  serviceAccount: string | null;
  attestations: readonly Attestation[];
  /** The last test with 933 of each site, by its folded name; `null` where no storage was asked. */
  testedAt: ReadonlyMap<string, string> | null;
}

/** An audit, as it is shown and as one JSON document. */
export interface AuditReport extends Findings {
  tenant: string;
  cloud: string;
  exportedAt: string;
  auditedAt: string;
  serviceAccount: string | null;
  rules: number;
  counts: Record<Severity, number>;
  coverage: Coverage;
  /** What could not be looked at, and why. */
  notLookedAt: string[];
}

/** A rule with everything that breaks it. */
export interface BrokenRule {
  rule: string;
  findings: [Finding, ...Finding[]];
}

export function createAuditReport(
  { config, serviceAccount, attestations, testedAt }: AuditInput,
  now: Date,
): AuditReport {
  const index = createTenantIndex(config);
  const audited = auditTenant(index, { serviceAccount }, attestations, now);
  const count = (asked: Severity) => audited.findings.filter(({ severity }) => severity === asked).length;
  const { manifest } = config;
  return {
    ...{ tenant: manifest.tenantName ?? manifest.tenantId, cloud: manifest.cloud, exportedAt: manifest.exportedAt },
    ...{ auditedAt: now.toISOString(), serviceAccount, rules: CATALOGUE.length },
    counts: { critical: count('critical'), warning: count('warning'), information: count('information') },
    notLookedAt: [
      ...(serviceAccount === null
        ? [
            'Whether policies tell the service account (TOLD-01, -02, -03, -08): no SERVICE_ACCOUNT is set. Name it with --service-account',
          ]
        : []),
      ...(testedAt === null ? ['Which sites were tested with 933: the settings name no storage'] : []),
    ],
    ...audited,
    coverage: coverageOf(index, testedAt),
  };
}

/** 0: nothing but information. 3: warnings. 1: something critical, or a critical rule that could not be looked at. */
export function exitCodeOf({ counts, serviceAccount }: AuditReport): 0 | 1 | 3 {
  if (counts.critical > 0 || serviceAccount === null) return 1;
  return counts.warning > 0 ? 3 : 0;
}

/** In the order of the findings: the gravest first. */
export function brokenRules({ findings }: AuditReport): BrokenRule[] {
  const byRule = new Map<string, BrokenRule>();
  for (const finding of findings) {
    const known = byRule.get(finding.ruleId);
    if (known) known.findings.push(finding);
    else byRule.set(finding.ruleId, { rule: ruleText(finding.ruleId), findings: [finding] });
  }
  return [...byRule.values()];
}

function ruleText(id: string): string {
  return CATALOGUE.find((rule) => rule.id === id)?.rule ?? id;
}

/** "3 critical, 1 warning, 0 to know": for a heading. */
export function countText({ critical, warning, information }: AuditReport['counts']): string {
  return `${critical} critical, ${warning} ${warning === 1 ? 'warning' : 'warnings'}, ${information} to know`;
}

/** Whether and when a site was tested with 933. */
export function testText({ isTestKnown }: Coverage, testedAt: string | null): string {
  if (!isTestKnown) return 'not looked at';
  return testedAt === null ? 'NEVER' : testedAt.slice(0, 10);
}

/** What the four rows of the coverage mean. */
export const COVERAGE_NOTE =
  'Precisely is a floor or room, statically an address alone. Users: precisely as long as they are on a network that is known; anywhere else by the address of their number, or one that they give.';

/** Before the findings. */
export const HEADINGS =
  'Each heading is a rule that is not kept, or of which nobody knows; below it, what breaks it and what mends that.';

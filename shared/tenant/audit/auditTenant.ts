import type { TenantIndex } from '../tenantIndex.ts';
import type { AuditFacts, Severity, TenantRule } from '../tenantRule.ts';
import { type Attestation, newestOf, validUntil } from './attestation.ts';
import { CATALOGUE } from './catalogue.ts';
import { psText } from './powerShell.ts';

/** Something that is wrong, or that nobody has said is right. */
export interface Finding {
  ruleId: string;
  severity: Severity;
  /** `OnlineUser adele@contoso.com`; of an asked rule the rule itself. */
  object: string;
  what: string;
  why: string;
  /** The line that mends it. */
  mend: string;
  source: string;
  decided: 'export' | 'asked';
}

/** An asked rule that somebody has answered for. */
export interface Attested extends Pick<Attestation, 'ruleId' | 'name' | 'at' | 'note'> {
  rule: string;
  validUntil: string;
}

export interface Findings {
  /** The gravest first, then in the order of the catalogue. */
  findings: Finding[];
  attested: Attested[];
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'information'];

/** Looks at every rule of the catalogue. Rules about what the tenant does not have are not asked. */
export function auditTenant(
  index: TenantIndex,
  facts: AuditFacts,
  attestations: readonly Attestation[],
  now: Date,
): Findings {
  const newest = newestOf(attestations, now);
  const answers = CATALOGUE.filter(({ find }) => find === null)
    .filter(({ concerns }) => concerns?.(index) ?? true)
    .map((rule) => ({ rule, attestation: newest.get(rule.id) ?? null }));
  const isValid = (attestation: Attestation | null) => attestation !== null && new Date(validUntil(attestation)) > now;
  const findings = [
    ...CATALOGUE.flatMap((rule) => broken(rule, index, facts)),
    ...answers.flatMap(({ rule, attestation }) => (isValid(attestation) ? [] : [unattested(rule, attestation)])),
  ];
  return {
    findings: findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)),
    attested: answers.flatMap(({ rule, attestation }) =>
      attestation !== null && isValid(attestation) ? [attestedOf(rule, attestation)] : [],
    ),
  };
}

function broken({ id, severity, why, source, find }: TenantRule, index: TenantIndex, facts: AuditFacts): Finding[] {
  return (find?.(index, facts) ?? []).map(({ object, problem, remedy }) => ({
    ...{ ruleId: id, severity, object, what: problem, why },
    ...{ mend: remedy, source, decided: 'export' as const },
  }));
}

/** Nobody knows that it is wrong: it is a warning where the rule is critical. */
function unattested({ id, rule, severity, why, source }: TenantRule, attestation: Attestation | null): Finding {
  const what =
    attestation === null
      ? 'nobody has said that it is so'
      : `${attestation.name} said so on ${attestation.at.slice(0, 10)}, which held until ${validUntil(attestation).slice(0, 10)}`;
  return {
    ...{ ruleId: id, severity: severity === 'critical' ? 'warning' : severity, object: rule, what, why },
    ...{ mend: `npm run tenant -- attest ${id} --name ${psText('<who has looked>')}`, source, decided: 'asked' },
  };
}

function attestedOf({ rule }: TenantRule, attestation: Attestation): Attested {
  const { ruleId, name, at, note } = attestation;
  return { ruleId, rule, name, at, note, validUntil: validUntil(attestation) };
}

import type { TenantIndex } from './tenantIndex.ts';

/** A rule that a tenant's configuration keeps or breaks. */
export interface TenantRule {
  /** Subject and number, such as `LIS-03`. Never given to another rule. */
  id: string;
  /** What is to be so, in plain words. */
  rule: string;
  severity: Severity;
  why: string;
  /** Address of the page that says so. */
  source: string;
  /** From the export; `null` where somebody has to be asked, since no export tells. */
  find: ((index: TenantIndex, facts: AuditFacts) => Breach[]) | null;
  /** Whether the tenant has what an asked rule is about; absent: every tenant has. */
  concerns?: (index: TenantIndex) => boolean;
}

export type Severity = 'critical' | 'warning' | 'information';

/** What the rules need to know beside the export. */
export interface AuditFacts {
  /** UPN of the account by whose chats this product hears of calls; `null` where the settings name none. */
  serviceAccount: string | null;
}

/** Where a rule is broken. */
export interface Breach {
  /** Cmdlet noun and identity: `TeamsSharedCallingRoutingPolicy Seattle`. */
  object: string;
  problem: string;
  /** A line of Teams PowerShell, or what is to be done. */
  remedy: string;
}

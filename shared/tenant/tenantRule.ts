import type { TenantIndex } from './tenantIndex.ts';

/** A rule that a tenant's configuration keeps or breaks. */
export interface TenantRule {
  /** Never given to another rule. */
  id: string;
  /** What is to be so, in plain words. */
  rule: string;
  severity: 'critical' | 'warning' | 'information';
  why: string;
  /** Address of the page that says so. */
  source: string;
  /** From the export; `null` where somebody has to be asked, since no export tells. */
  find: ((index: TenantIndex) => Breach[]) | null;
}

/** Where a rule is broken. */
export interface Breach {
  /** Cmdlet noun and identity: `TeamsSharedCallingRoutingPolicy Seattle`. */
  object: string;
  problem: string;
  /** A line of Teams PowerShell, or what is to be done. */
  remedy: string;
}

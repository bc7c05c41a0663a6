import { GOODS, type Good } from './impactGoods.ts';
import type { TenantConfig } from './tenantConfig.ts';

/** What becomes of people or places by a change. */
export interface ImpactLine {
  /** "312 users lose notification". */
  text: string;
  count: number;
  names: string[];
}

export interface Impact {
  losses: ImpactLine[];
  gains: ImpactLine[];
}

/**
 * What a change does to people: what they have before it and not after it, and the other way round. Users are judged by
 * their own policies, since an export does not say where they are; sites by theirs.
 */
export function impactOf(before: TenantConfig, after: TenantConfig): Impact {
  return {
    losses: GOODS.flatMap((good) => lines(good, 'loses', 'lose', before, after)),
    gains: GOODS.flatMap((good) => lines(good, 'gains', 'gain', after, before)),
  };
}

function lines(good: Good, loses: string, lose: string, before: TenantConfig, after: TenantConfig): ImpactLine[] {
  const still = good.holders(after);
  const isExcused = good.excuses?.(after) ?? (() => false);
  const lost = [...good.holders(before)].filter(([id]) => !still.has(id) && !isExcused(id));
  if (lost.length === 0) return [];
  const [one, many] = good.holder;
  const who = lost.length === 1 ? `1 ${one} ${loses}` : `${lost.length} ${many} ${lose}`;
  const what = lost.length === 1 ? good.good.replace(/\btheir\b/, 'its') : good.good;
  return [{ text: `${who} ${what}`, count: lost.length, names: lost.map(([, name]) => name) }];
}

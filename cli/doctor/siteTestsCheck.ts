import { observeSiteTests } from '../../shared/pipeline/observeSiteTests.ts';
import type { SiteTestsState } from '../../shared/watch/observations.ts';
import { checkSiteTests } from '../../shared/watch/siteTestCheck.ts';
import { type Check, type DoctorFinding, SEE_SETTINGS, SEE_STORAGE } from './check.ts';

const WHY = 'Whoever dials 911 there may be looked for at another address, and nobody knows before.';

/** Whether the emergency address of each site was tested, and was right; also before people were reminded of it. */
export const siteTestsCheck: Check = {
  part: 'site tests',
  async look({ services }) {
    if (!services) return SEE_SETTINGS;
    const state = await observeSiteTests(services).catch(() => null);
    if (state === null) return SEE_STORAGE;
    const { detail, findings } = checkSiteTests({ siteTests: { value: state } }, services.now());
    const told = findings.map(
      ({ id, severity, what, todo }): DoctorFinding => ({ id, severity, what, why: WHY, todo }),
    );
    const isTold = told.some(({ id }) => id === 'testsMissing');
    return { detail, findings: [...told, isTold ? null : neverTested(state)] };
  },
};

function neverTested({ sites }: SiteTestsState): DoctorFinding | null {
  const names = sites.filter(({ isWanted, lastTestAt }) => isWanted && lastTestAt === null).map(({ name }) => name);
  if (names.length === 0) return null;
  return {
    id: 'testsNever',
    severity: 'warning',
    what: `No test is on record of ${names.join(', ')}.`,
    why: WHY,
    todo: 'Dial 933 in a Teams client there (with Direct Routing: as the ERS provider says), and answer the question that follows.',
  };
}

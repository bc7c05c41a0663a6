import { checkSiteTests } from '../../shared/watch/siteTestCheck.ts';
import { ago, NOW, type SiteTestState, siteTest } from './observed.ts';

const check = (...sites: SiteTestState[]) => checkSiteTests({ siteTests: { value: { sites } } }, NOW);
const ids = (...sites: SiteTestState[]) => check(...sites).findings.map(({ id, severity }) => `${severity} ${id}`);
const wrong = { answer: 'wrong', code: 'K7M', at: ago('3 d') } as const;
const never = { lastTestAt: null, verdict: null };

test.each<[string, Partial<SiteTestState>, string[]]>([
  ['tested in time and right', {}, []],
  ['tested, and nobody has answered', { verdict: null }, []],
  ['due for six days', { missingSince: ago('6.9 d') }, []],
  ['due for a week', { missingSince: ago('7 d') }, ['warning testsMissing']],
  ['never tested, reminded yesterday', { ...never, missingSince: ago('1 d') }, []],
  ['never tested, nobody reminded yet', { ...never, missingSince: null }, []],
  ['never tested, reminded a week ago', { ...never, missingSince: ago('7 d') }, ['warning testsMissing']],
  ['not to be tested any more', { isWanted: false, missingSince: ago('70 d') }, []],
  ['wrong', { verdict: wrong }, ['warning testWrong:hq']],
  ['wrong, and not to be tested any more', { isWanted: false, verdict: wrong }, ['warning testWrong:hq']],
  ['nobody can be reached', { isUnreached: true }, ['warning testUnreached:hq']],
])('a site that is %s', (_, change, found) => expect(ids(siteTest(change))).toEqual(found));

test('without a site that is to be tested nothing is used', () => {
  expect(check()).toMatchObject({ detail: 'not used', findings: [] });
  expect(check(siteTest({ isWanted: false, verdict: null }))).toMatchObject({ detail: 'not used', findings: [] });
});

test('what to do about a wrong address is another thing with Direct Routing', () => {
  const todo = (directRouting: boolean) => check(siteTest({ verdict: wrong, directRouting })).findings[0]?.todo;
  expect(todo(false)).toMatch(/933/);
  expect(todo(true)).toMatch(/ERS provider or in the ELIN/);
  expect(todo(true)).not.toMatch(/933/);
});

test('many sites are one finding, with a few names, since the one that is longest late', () => {
  const sites = [9, 8, 30, 10].map((days, i) =>
    siteTest({ id: `s${i}`, name: `Site ${i}`, missingSince: ago(`${days} d`) }),
  );
  const { findings } = check(...sites);
  expect(findings).toMatchObject([{ id: 'testsMissing', since: ago('30 d'), isWeekly: true }]);
  expect(findings[0]?.what).toContain('Site 0, Site 1, Site 2, 1 more.');
});

test('the detail names what is not well', () => {
  const sites = [
    siteTest({ id: 'a', name: 'Annex', ...never }),
    siteTest({ id: 'b', name: 'Lobby', verdict: wrong }),
    siteTest({ id: 'c', name: 'Dock', directRouting: true, missingSince: ago('9 d'), lastTestAt: ago('99 d') }),
  ];
  expect(check(...sites).detail).toBe(
    '3 sites; the longest since its test 99 days; wrong: Lobby; overdue: Dock (Direct Routing); never tested: Annex',
  );
});

test('what cannot be looked at is no site without faults', () => {
  expect(checkSiteTests({ siteTests: { failed: 'RestError 503' } }, NOW)).toMatchObject({ isSeen: false });
});

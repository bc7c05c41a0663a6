import { CATALOGUE } from '../../shared/tenant/audit/catalogue.ts';
import { psText } from '../../shared/tenant/audit/powerShell.ts';

test('no two rules have one id', () => {
  const ids = CATALOGUE.map(({ id }) => id);
  expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
});

test.each(CATALOGUE.map((rule) => [rule.id, rule] as const))('%s says what, why and who says so', (id, rule) => {
  expect(id).toMatch(/^[A-Z]+-\d{2}$/);
  expect(rule.rule).toMatch(/^\S.{10,}[^.]$/);
  expect(rule.why).toMatch(/^\S.{10,}\.$/);
  expect(rule.source).toMatch(/^https:\/\/(learn\.microsoft\.com\/(microsoftteams|powershell)\/|www\.ecfr\.gov\/)/);
});

// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
test.each([
  ['Redmond', "'Redmond'"],
  ["O'Brien", "'O''Brien'"],
  ['O’Brien', "'O’’Brien'"],
  ['$(Remove-Item x); `n', "'$(Remove-Item x); `n'"],
  ['two\r\nlines', "'two lines'"],
])('PowerShell reads %j as one text', (text, quoted) => {
  expect(psText(text)).toBe(quoted);
});

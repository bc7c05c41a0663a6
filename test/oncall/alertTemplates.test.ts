import { templateProblems, templatesFor } from '../../shared/oncall/alertTemplates.ts';
import { parseRoster, parseStoredRoster, usableRosterOf } from '../../shared/oncall/roster.ts';
import { EXAMPLE, problemsOf, rosterOf, withFirst } from './rosters.ts';

const SMS = '{call}. Call back {callback} at {place}. {code}';

describe('a template of an SMS', () => {
  test.each([
    SMS,
    'Gate 7: {call} ({place})\n{callback}, {code}; {caller}, {time}! {replies}',
    "{call} '{place}' {callback} {code}",
    'Latest contest news: {call} {callback} {place} {code}',
  ])('with all facts is good: %j', (text) => {
    expect(templateProblems('sms', text)).toEqual([]);
  });

  test.each([
    ['without the fact of the call', SMS.replace('{call}', '911'), 'must hold {call}: that an emergency call was made'],
    ['without the callback number', SMS.replace('{callback}', ''), 'must hold {callback}: the number to call back'],
    ['without the place', SMS.replace('{place}', ''), 'must hold {place}: where the call comes from'],
    ['without the code', SMS.replace('{code}', ''), 'must hold {code}: which call it is'],
    ['that holds a fact twice', `${SMS} {place}`, 'holds {place} twice'],
    [
      'with another placeholder',
      `${SMS} {number}`,
      'holds a placeholder that is none here: there are {call}, {callback}, {place}, {code}, {caller}, {time}, {replies}',
    ],
    ['with a placeholder in capitals', `${SMS} {CALLER}`, expect.stringMatching(/^holds a placeholder that is none/)],
    ['with an empty placeholder', `${SMS} {}`, expect.stringMatching(/^holds a placeholder that is none/)],
    ['with an open brace', `${SMS} {time`, 'holds a brace that belongs to no placeholder'],
    ['with a closing brace', `${SMS} time}`, 'holds a brace that belongs to no placeholder'],
    ['with a double quote', `${SMS} "x"`, expect.stringMatching(/^holds a double quote/)],
    ['with a German one', `${SMS} „x“`, expect.stringMatching(/^holds a double quote/)],
    ['with a tab', `${SMS}\tx`, 'holds a character that nobody sees'],
    ['with turned writing', `${SMS} \u202ex`, 'holds a character that nobody sees'],
    ['that calls itself a test', `Test. ${SMS}`, expect.stringMatching(/^holds TEST or OFF-SITE/)],
    ['that does so in wide letters', `ＴＥＳＴ ${SMS}`, expect.stringMatching(/^holds TEST or OFF-SITE/)],
    ['that says where the caller is not', `off-site ${SMS}`, expect.stringMatching(/^holds TEST or OFF-SITE/)],
    ['with a digit before a fact', SMS.replace('{callback}', '0{callback}'), expect.stringMatching(/without a space/)],
    ['with a digit behind a fact', SMS.replace('{callback}', '{callback}5'), expect.stringMatching(/without a space/)],
    ['with a plus before a fact', SMS.replace('{callback}', '+{callback}'), expect.stringMatching(/without a space/)],
    [
      'with two facts in one',
      SMS.replace('at {place}', '{place}').replace('} {', '}{'),
      expect.stringMatching(/without a space/),
    ],
    ['that is too long', `${SMS} ${'x'.repeat(320)}`, 'is longer than 320 characters'],
  ])('%s is refused for that alone', (_, text, problem) => {
    expect(templateProblems('sms', text)).toEqual([problem]);
  });
});

test.each([
  ['voice', `${SMS} {replies}`, /^holds a placeholder that is none here: there are .*\{code\}, \{caller\}$/],
  ['voice', `R&D. ${SMS}`, /^holds one of < > &/],
  ['voice', `${SMS} ${'x'.repeat(300)}`, /^is longer than 300/],
  ['emailSubject', '{code}', /^must hold \{call\}/],
  ['emailSubject', '{call}', /^must hold \{code\}/],
  [
    'emailSubject',
    '{call} {code} {place}',
    /^holds a placeholder that is none here: there are \{call\}, \{code\}, \{time\}$/,
  ],
  ['emailSubject', '{call}\n{code}', /^holds a line break$/],
] as const)('%s %j is refused for that alone', (kind, text, problem) => {
  expect(templateProblems(kind, text)).toEqual([expect.stringMatching(problem)]);
});

test('the templates of a language are its own, then those of the language without a region', () => {
  const templates = { fr: { sms: 'a', voice: 'b' }, 'fr-CA': { sms: 'c' }, en: { sms: 'd' } };
  expect(templatesFor(templates, 'fr-ca')).toEqual({ sms: 'c', voice: 'b' });
  expect(templatesFor(templates, 'fr-BE')).toEqual({ sms: 'a', voice: 'b' });
  expect(templatesFor(templates, 'de')).toEqual({});
  // Whoever reads English for want of a translation reads the team's English.
  expect(templatesFor(templates, 'it')).toEqual({ sms: 'd' });
});

describe('in a roster', () => {
  const withTemplates = (templates: unknown) => withFirst('teams', { templates });
  const firstTeam = (roster: { teams: unknown[] } | null) => roster?.teams[0];

  test('a team has the language English and no templates, where nothing else is said', () => {
    expect(firstTeam(rosterOf(EXAMPLE))).toMatchObject({ language: 'en', templates: {} });
    const templates = { de: { sms: SMS }, 'fr-CA': { voice: SMS, emailSubject: '{call} {code}' } };
    expect(firstTeam(rosterOf(withFirst('teams', { language: 'de', templates })))).toMatchObject({
      language: 'de',
      templates,
    });
  });

  test.each([
    [
      { de: { sms: 'x {call} {callback} {code}' } },
      ['teams[0].templates.de.sms: must hold {place}: where the call comes from'],
    ],
    [{ 'fr-CA': { voice: ' ' } }, ['teams[0].templates.fr-CA.voice: is empty']],
    [{ de: { text: SMS } }, ['teams[0].templates.de.text: is not a known property']],
    [{ de: { sms: 7 } }, ['teams[0].templates.de.sms: must be text']],
    [{ de: SMS }, ['teams[0].templates.de: must be an object']],
    [[SMS], ['teams[0].templates: must be an object, by language']],
    [
      { it: { sms: SMS } },
      ['teams[0].templates.it: is not among the languages of alerts: en, de, es, fr, such as fr or fr-CA'],
    ],
  ])('what is wrong is said with its place: %j', (templates, problems) => {
    expect(problemsOf(withTemplates(templates))).toEqual(problems);
  });

  test('a stored one is used without the template that is wrong, and with all that is right', () => {
    const json = withTemplates({ de: { sms: 'no facts', voice: SMS }, tlh: { sms: SMS }, fr: 'x' });
    expect(parseRoster(json)).not.toHaveProperty('roster');
    const stored = parseStoredRoster(json);
    if (!('roster' in stored)) throw new Error('not used');
    expect(firstTeam(stored.roster)).toMatchObject({ templates: { de: { voice: SMS }, fr: {} } });
    expect(stored.problems.join('\n')).toMatch(/teams\[0\]\.templates\.de\.sms: must hold \{call\}/);
    expect(stored.problems.join('\n')).not.toContain('no facts');
    expect({ ...stored.roster, teams: [] }).toEqual({ ...rosterOf(EXAMPLE), teams: [] });
  });

  test.each([[null], ['x'], [[]], [7], [{ de: null }]])(
    'whatever stands in their place, the team is told: %j',
    (templates) => {
      const stored = parseStoredRoster(withTemplates(templates));
      expect(stored).toHaveProperty('roster');
      expect(stored.problems.length > 0).toBe(true);
      expect(firstTeam(usableRosterOf(withTemplates(templates)))).toMatchObject({ id: EXAMPLE.teams[0].id });
    },
  );

  test('another fault beside it leaves the version out, as before', () => {
    const json = { ...withTemplates({ de: { sms: 'no facts' } }), defaultTeam: 'nobody' };
    expect(parseStoredRoster(json)).toEqual({
      problems: expect.arrayContaining(['defaultTeam: is the id of no team']),
    });
  });
});

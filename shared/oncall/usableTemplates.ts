import { TEMPLATE_KINDS, type TemplateTexts } from './alertTemplates.ts';
import { templateLanguage, templateSchemas } from './rosterDocument.ts';

/** The same document without its faulty templates: built-in words stand for each. */
export function withoutFaultyTemplates(json: unknown): unknown {
  if (!isRecord(json) || !Array.isArray(json.teams)) return json;
  const teams = json.teams.map((team: unknown) =>
    isRecord(team) && team.templates !== undefined ? { ...team, templates: usableTemplates(team.templates) } : team,
  );
  return { ...json, teams };
}

/** Those of a team that can be used, whatever stands in their place. */
export function usableTemplates(templates: unknown): Record<string, TemplateTexts> {
  const entries = isRecord(templates) ? Object.entries(templates) : [];
  const ofLanguages = entries.filter(([tag]) => templateLanguage.safeParse(tag).success);
  return Object.fromEntries(ofLanguages.map(([tag, texts]) => [tag, usableTexts(texts)]));
}

function usableTexts(given: unknown): TemplateTexts {
  const usable = TEMPLATE_KINDS.flatMap((kind) => {
    const result = templateSchemas[kind].safeParse(isRecord(given) ? given[kind] : undefined);
    return result.success && result.data !== undefined ? [[kind, result.data]] : [];
  });
  return Object.fromEntries(usable);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

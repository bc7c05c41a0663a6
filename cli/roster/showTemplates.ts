import { composeAlertSms } from '../../shared/messaging/alertSms.ts';
import { composeAlertTable } from '../../shared/messaging/alertTable.ts';
import type { AlertStyle, AlertWords } from '../../shared/messaging/alertWords.ts';
import { replyHints } from '../../shared/messaging/replyWords.ts';
import { countSegments, toGsmText } from '../../shared/messaging/smsSegments.ts';
import { composeVoiceScript } from '../../shared/messaging/voice/script.ts';
import { TEMPLATE_KINDS, type TemplateKind, type TemplateTexts } from '../../shared/oncall/alertTemplates.ts';
import type { Team } from '../../shared/oncall/roster.ts';

/** With a name and a place as long as they usually are. */
const TYPICAL: AlertWords = {
  kind: 'call',
  callCode: 'K7M',
  isTest: false,
  occurredAt: new Date('2026-11-21T22:05:09Z'),
  facts: {
    emergencyNumberDialed: '911',
    callerDisplayName: 'Alex Wilber',
    callerUserId: null,
    callerUpn: 'alexw@contoso.com',
    callbackNumber: '+14255550123',
    location: 'Building 34, Floor 2, Room 2210',
    coordinates: null,
  },
  content: 'read',
};

/** What each template makes of a typical call, and how many segments of an SMS that takes. */
export function showTemplates(teams: readonly Team[]): string[] {
  const shown = teams.flatMap((team) =>
    Object.entries(team.templates).flatMap(([language, templates]) =>
      TEMPLATE_KINDS.flatMap((kind) => showTemplate(team, language, kind, templates)),
    ),
  );
  return shown.length === 0 ? [] : ['', 'Templates, with a typical call:', ...shown];
}

function showTemplate(team: Team, language: string, kind: TemplateKind, templates: TemplateTexts): string[] {
  const template = templates[kind];
  if (template === undefined) return [];
  const style = { detail: 'full', timeZone: team.timeZone, language, templates: { [kind]: template } } as const;
  const text = toldBy(kind, { ...style, hints: replyHints(TYPICAL.callCode, language) });
  const segments = kind === 'sms' ? `: ${segmentsText(text, template)}` : '';
  return [`  ${team.id}, ${language}, ${kind}${segments}`, ...text.split('\n').map((line) => `    ${line}`)];
}

function toldBy(kind: TemplateKind, style: AlertStyle): string {
  switch (kind) {
    case 'sms':
      return composeAlertSms(TYPICAL, style).join('\n');
    case 'voice':
      // Its first line is for the program.
      return composeVoiceScript(TYPICAL, style).join('\n').split('\n').slice(1).join('\n');
    case 'emailSubject':
      return composeAlertTable(TYPICAL, style).split('\n')[0] ?? '';
  }
}

/** One character that GSM-7 lacks leaves room for 70 in a segment, where there were 160. */
function segmentsText(text: string, template: string): string {
  const { segments, encoding } = countSegments(text);
  const lacking = [...template].filter((character) => countSegments(toGsmText(character)).encoding === 'UCS-2');
  const why = lacking.length > 0 ? `, since GSM-7 has no ${[...new Set(lacking)].join(' ')}` : '';
  return `${segments} ${segments === 1 ? 'segment' : 'segments'} (${encoding}${why})`;
}

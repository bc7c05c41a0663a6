import type { LogPattern } from '../logWatch.ts';
import { LAST_NAMES } from './plan.ts';

/** Settings whose values are secrets. */
const SECRET_SETTINGS = /TOKEN|KEY|SECRET|HEADER|PASSWORD/;

/** What no line of the log may hold in a run with calls of the plan. */
export function privatePatterns(settings: Readonly<Record<string, string>>): LogPattern[] {
  const secrets = Object.entries(settings).flatMap(([name, value]) => [
    ...(SECRET_SETTINGS.test(name) && value.length >= 8 ? [literally(value)] : []),
    ...[...value.matchAll(/(?:AccountKey|SharedAccessKey)=([^;]{8,})/g)].map(([, key = '']) => literally(key)),
  ]);
  return [
    { name: 'phone number', pattern: /\+\d{8,15}\b|\b425[ .()-]*555[ .()-]*01\d\d\b/ },
    { name: 'UPN', pattern: /@contoso\.com/i },
    { name: 'name', pattern: new RegExp(`\\b(${LAST_NAMES.join('|')})\\b`, 'i') },
    { name: 'place', pattern: /Building \d|Room \d/ },
    {
      name: 'message text',
      pattern: /EMERGENCY (CALL|MESSAGE)|\b[Cc]allback (number|\+|unknown)|has placed an|\bdial(l?)ed 9\d\d/,
    },
    { name: 'token', pattern: /\beyJ[\w-]{8,}|\bBearer \S|(access|refresh)_token"?[:=]/ },
    {
      name: 'connection string',
      pattern: /AccountKey=|SharedAccess(Key|Signature)|DefaultEndpointsProtocol=|[?&]sig=/,
    },
    ...(secrets.length === 0 ? [] : [{ name: 'secret setting', pattern: new RegExp(secrets.join('|')) }]),
  ];
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

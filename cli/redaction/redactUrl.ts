import type { RedactionContext } from './redactionContext.ts';

/** Services that belong to nobody in particular; any other host is a tenant's. */
const KEPT_HOSTS =
  /^(?:teams\.(?:microsoft|live|cloud\.microsoft)\.com|graph\.microsoft\.(?:com|us)|(?:www\.)?bing\.com|(?:www|maps)\.google\.com|maps\.apple\.com|www\.openstreetmap\.org|[a-z]{3}\d{2}\.safelinks\.protection\.outlook\.com|aka\.ms|schema\.skype\.com|adaptivecards\.io|learn\.microsoft\.com)$/i;

/** Words of paths and ids that say what they are, not whose. */
const KEPT_PARTS = new Set(
  (
    'v1 beta l meetup join message meeting chat chats chat messages users teams channels entity maps map search place point pos loc ' +
    'dir api 0 hostedcontents value thread v2 tacv2 unq gbl spaces orgid skype teamsvisitor placeholdercard tab metadata ' +
    'me getallmessages replies query lvl z data microsoft graph com html text image tid oid meetup-join'
  ).split(' '),
);

/** An address with everything in it replaced that may point to somebody; coordinates as they are replaced elsewhere. */
export function redactUrl(address: string, context: RedactionContext): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(address) ?? [];
  const { samples } = context;
  samples.countLink(address);
  switch (scheme.toLowerCase()) {
    case 'http':
    case 'https':
      return redactHttp(scheme, rest, context);
    case 'tel':
    case 'callto':
      return `${scheme}:${redactTel(decode(rest), context)}`;
    case 'mailto':
    case 'sip':
      return `${scheme}:${samples.mailAddress(decode(rest).split('?')[0] ?? '')}`;
    case 'geo':
      return `${scheme}:${rest.replace(/-?\d{1,3}\.\d+/g, samples.decimal)}`;
    case '':
      return redactId(address, context);
    default:
      return `${scheme}:`;
  }
}

/** The number, and behind it pauses and codes. */
function redactTel(rest: string, { samples, rules }: RedactionContext): string {
  const [number = '', ...behind] = rest.split(/(?=[,;#])/);
  const digits = number.replace(/\D/g, '');
  const sample = rules.keptNumbers.has(digits) ? number : samples.phone(number.replace(/[^\d+ ().-]/g, ''));
  return (
    sample +
    behind
      .join('')
      .replace(/\d+/g, samples.digits)
      .replace(/[^\d,;#=ext]/g, '')
  );
}

function redactHttp(scheme: string, rest: string, context: RedactionContext): string {
  const [, host = '', path = '', query = '', fragment = ''] =
    /^\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(rest) ?? [];
  const redactPieces = (part = '') => part.replace(/[^/?#&=]+/g, (piece) => redactPiece(piece, context));
  const redactPairs = (part = '') =>
    part.replace(/([?#&])([^=&#]*)(=?)([^&#]*)/g, (_, edge: string, name: string, equals: string, value: string) =>
      [edge, redactName(name, equals, context), equals, redactPieces(value)].join(''),
    );
  return `${scheme}://${KEPT_HOSTS.test(host) ? host : 'host.example'}${redactPieces(path)}${redactPairs(query)}${redactPairs(fragment)}`;
}

/** The name of a parameter says what its value is; without a value it is one itself. */
function redactName(name: string, equals: string, context: RedactionContext): string {
  const isName =
    equals !== '' &&
    /^[a-z][\w.$-]{0,30}$/i.test(name) &&
    !/\d{3}/.test(name) &&
    !context.secrets.has(name.toLowerCase());
  return isName ? name : name.replace(/[^/?#&=]+/g, (piece) => redactPiece(piece, context));
}

/** A step of the path, or a value of the query; encoded as it was. */
function redactPiece(piece: string, context: RedactionContext): string {
  const text = decode(piece);
  if (/^https?:\/\//i.test(text)) return encodeURIComponent(redactUrl(text, context));
  const redacted = redactId(text, context);
  return text === piece ? redacted : encodeURIComponent(redacted);
}

/** An id: GUIDs, times and coordinates in it as everywhere, the words of Teams kept, the rest replaced. */
export function redactId(id: string, { samples }: RedactionContext): string {
  const part =
    /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[\w.%+'-]+@[\w-]+\.(?:com|org|net|edu|gov|[a-z]{2})(?![\w.])|(?<![\d.])\d{1,3}\.\d{2,}(?![\d.])|\d{13}(?!\d)|[\p{L}\p{M}\d]+/giu;
  return id.replace(part, (run) => {
    if (run.includes('@')) return samples.mailAddress(run);
    if (/^[0-9a-f]{8}-/i.test(run) && run.length === 36) return samples.guid(run);
    if (/^\d+\.\d+$/.test(run)) return samples.decimal(run);
    if (/^1\d{12}$/.test(run)) return samples.milliseconds(run);
    return /^\d{1,2}z?$/.test(run) || KEPT_PARTS.has(run.toLowerCase()) ? run : samples.idPart(run);
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

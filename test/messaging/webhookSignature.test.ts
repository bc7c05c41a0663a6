import { createHmac } from 'node:crypto';
import { authTokensOf, refusalOfSignature } from '../../shared/messaging/twilio/webhookSignature.ts';
import type { TwilioSettings } from '../../shared/settings.ts';

// The example of https://www.twilio.com/docs/usage/security, with the signature that is printed there.
const EXAMPLE = {
  token: '12345',
  url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
  parameters: {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  },
  signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
};
const { token, ...request } = EXAMPLE;

/** The published rule: HMAC-SHA1 over the address, then name and value of each parameter, sorted by name. */
function sign(authToken: string, url: string, parameters: Record<string, string>): string {
  const sorted = Object.keys(parameters).sort();
  const signed = sorted.reduce((text, name) => `${text}${name}${parameters[name]}`, url);
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}

test("Twilio's own example is Twilio's", () => {
  expect(refusalOfSignature([token], request)).toBeNull();
  expect(sign(token, request.url, request.parameters)).toBe(EXAMPLE.signature);
});

test.each<[string, readonly string[], Partial<typeof request> | { signature: null }, string]>([
  ['no token of ours', [], {}, 'noAuthToken'],
  ['no token of ours and no signature', [], { signature: null }, 'noAuthToken'],
  ['another token', ['12346'], {}, 'signature'],
  ['an empty token', [''], {}, 'signature'],
  ['no signature', [token], { signature: null }, 'noSignature'],
  ['an empty signature', [token], { signature: '' }, 'noSignature'],
  ['a signature cut short', [token], { signature: EXAMPLE.signature.slice(0, -1) }, 'signature'],
  ['a signature with more behind it', [token], { signature: `${EXAMPLE.signature}=` }, 'signature'],
  ['a signature in other letters', [token], { signature: EXAMPLE.signature.toLowerCase() }, 'signature'],
  ['the signature in hexadecimal', [token], { signature: hex(EXAMPLE.signature) }, 'signature'],
  ['a changed value', [token], { parameters: { ...request.parameters, Digits: '1235' } }, 'signature'],
  ['a value more', [token], { parameters: { ...request.parameters, Body: '1' } as never }, 'signature'],
  ['a value less', [token], { parameters: without('Digits') as never }, 'signature'],
  [
    'a value under another name',
    [token],
    { parameters: { ...without('Digits'), Digit: 's1235' } as never },
    'signature',
  ],
  ['another path', [token], { url: 'https://mycompany.com/other.php?foo=1&bar=2' }, 'signature'],
  ['another query', [token], { url: 'https://mycompany.com/myapp.php?foo=1&bar=3' }, 'signature'],
  ['no query', [token], { url: 'https://mycompany.com/myapp.php' }, 'signature'],
  ['another host', [token], { url: 'https://yourcompany.com/myapp.php?foo=1&bar=2' }, 'signature'],
  ['another scheme', [token], { url: 'http://mycompany.com/myapp.php?foo=1&bar=2' }, 'signature'],
])('with %s it is not', (_, tokens, changes, reason) => {
  expect(refusalOfSignature(tokens, { ...request, ...changes })).toBe(reason);
});

test('either token counts while one replaces the other, and no third', () => {
  const url = 'https://alerts.contoso.com/api/twilio/messages';
  const parameters = { Body: 'Grüße, ça va? 山 + 1 & 2', From: '+14255550111' };
  const signedBy = (key: string) => ({ url, parameters, signature: sign(key, url, parameters) });
  expect(refusalOfSignature(['old', 'new'], signedBy('old'))).toBeNull();
  expect(refusalOfSignature(['old', 'new'], signedBy('new'))).toBeNull();
  expect(refusalOfSignature(['old', 'new'], signedBy('older'))).toBe('signature');
});

test('an API key signs nothing: only auth tokens are looked at', () => {
  const settings = (credentials: TwilioSettings['credentials'], secondaryAuthToken: string | null) =>
    authTokensOf({ credentials, secondaryAuthToken } as TwilioSettings);
  const apiKey = { kind: 'apiKey', sid: `SK${'0'.repeat(32)}`, secret: 'secret' } as const;
  expect(settings(apiKey, null)).toEqual([]);
  expect(settings({ ...apiKey, authToken: 'a' }, '')).toEqual(['a']);
  expect(settings({ kind: 'authToken', authToken: 'a' }, null)).toEqual(['a']);
  expect(settings({ kind: 'authToken', authToken: 'a' }, 'b')).toEqual(['a', 'b']);
});

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(request.parameters).filter(([key]) => key !== name));
}

import { badParameter, notKnown } from './refusal.ts';
import { type CertificatePolicy, PEM, PKCS12 } from './vault.ts';

/** What is understood of a policy: path, then whether a value is taken. */
const KNOWN: Readonly<Record<string, (value: unknown) => boolean>> = {
  'key_props.exportable': (value) => value === true,
  'key_props.kty': (value) => value === 'RSA',
  'key_props.key_size': (value) => [2_048, 3_072, 4_096].includes(value as number),
  'key_props.reuse_key': (value) => value === false,
  'secret_props.contentType': (value) => value === PEM || value === PKCS12,
  'x509_props.subject': (value) => typeof value === 'string' && /^CN=[\w .-]+$/.test(value),
  'x509_props.validity_months': (value) => Number.isInteger(value) && (value as number) >= 1,
  'x509_props.key_usage': Array.isArray,
  'issuer.name': (value) => value === 'Self',
};
/** Kept and given back, without any effect. */
const WITHOUT_EFFECT = ['lifetime_actions', 'x509_props.sans', 'attributes'];

/**
 * The policy of a request to create a certificate, `null` where it names none. What the look-alike would not follow it
 * refuses: https://learn.microsoft.com/rest/api/keyvault/certificates/create-certificate#certificatepolicy
 */
export function readPolicy(body: unknown): CertificatePolicy | null {
  const { policy, attributes, ...rest } = (body ?? {}) as Record<string, unknown>;
  const isMore = (value: unknown) => value !== undefined && Object.keys(value as object).length > 0;
  if (isMore(attributes) || Object.keys(rest).length > 0) throw notKnown('attributes or tags of a new certificate');
  if (policy === undefined) return null;
  if (typeof policy !== 'object' || policy === null) throw badParameter('policy must be an object');
  const leaves = leavesOf(policy as Record<string, unknown>);
  for (const [path, value] of leaves) {
    if (!KNOWN[path]?.(value)) throw notKnown(`${path}=${JSON.stringify(value)} in a policy`);
  }
  const missing = ['key_props.key_size', 'secret_props.contentType', 'x509_props.subject', 'issuer.name'].filter(
    (path) => !leaves.some(([known]) => known === path),
  );
  if (missing.length > 0) throw badParameter(`policy.${missing[0]} is missing`);
  const given = policy as CertificatePolicy;
  return { ...given, x509_props: { ...given.x509_props, validity_months: given.x509_props.validity_months ?? 12 } };
}

function leavesOf(policy: Record<string, unknown>): [string, unknown][] {
  return Object.entries(policy).flatMap(([part, value]): [string, unknown][] => {
    if (WITHOUT_EFFECT.includes(part)) return [];
    if (typeof value !== 'object' || value === null) return [[part, value]];
    const inner = Object.entries(value).map(([name, leaf]): [string, unknown] => [`${part}.${name}`, leaf]);
    return inner.filter(([path]) => !WITHOUT_EFFECT.includes(path));
  });
}

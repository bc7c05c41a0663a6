import { badParameter, disabledSecret, notKnown, secretNotFound } from './refusal.ts';
import { addVersion, type SecretVersion, type Vault, versionsOf } from './vault.ts';
import { page, type VaultReply, type VaultRequest } from './wire.ts';

/** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets: the newest version of each, without its value. */
export function listSecrets(vault: Vault, request: VaultRequest): VaultReply {
  const newest = new Map(vault.secrets.map((secret) => [secret.name.toLowerCase(), secret]));
  const items = [...newest.values()].map((secret) => ({
    ...toItem(request, secret),
    id: `${request.vaultUrl}/secrets/${secret.name}`,
  }));
  return page(request, items);
}

/**
 * https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret-versions: in no order that means anything (here, by
 * version). A name that is not there has no versions; that is no error.
 */
export function listSecretVersions(vault: Vault, request: VaultRequest): VaultReply {
  const versions = versionsOf(vault, request.name).sort((a, b) => a.version.localeCompare(b.version));
  return page(
    request,
    versions.map((secret) => toItem(request, secret)),
  );
}

/** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret: an expired one is given, a disabled one is not. */
export function getSecret(vault: Vault, request: VaultRequest): VaultReply {
  const versions = versionsOf(vault, request.name);
  const secret = request.version === '' ? versions.at(-1) : versions.find(({ version }) => version === request.version);
  if (!secret) throw secretNotFound(request.name);
  if (!secret.enabled) throw disabledSecret();
  return { status: 200, json: { ...toItem(request, secret), value: secret.value } };
}

/**
 * https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret: always a new version, which is then the newest. Tags and
 * attributes are not known here.
 */
export function setSecret(vault: Vault, request: VaultRequest): VaultReply {
  const { value, contentType, attributes, ...rest } = (request.body ?? {}) as Record<string, unknown>;
  const others = [...Object.keys(rest), ...Object.keys((attributes ?? {}) as object)];
  if (others.length > 0) throw notKnown(`a new secret with ${others.join(', ')}`);
  if (!/^[0-9A-Za-z-]{1,127}$/.test(request.name)) throw badParameter('The name of a secret is of A-Z, 0-9 and -.');
  if (typeof value !== 'string') throw badParameter('Property value is missing');
  const secret = addVersion(vault, {
    name: request.name,
    value,
    contentType: typeof contentType === 'string' ? contentType : null,
    notBefore: null,
    expires: null,
    issued: null,
  });
  return { status: 200, json: { ...toItem(request, secret), value } };
}

function toItem({ vaultUrl }: VaultRequest, secret: SecretVersion) {
  return {
    id: `${vaultUrl}/secrets/${secret.name}/${secret.version}`,
    ...(secret.contentType === null ? {} : { contentType: secret.contentType }),
    attributes: toAttributes(secret),
    ...(secret.issued === null ? {} : { managed: true }),
  };
}

export function toAttributes({ enabled, notBefore, expires, created, updated }: SecretVersion) {
  return {
    enabled,
    ...(notBefore === null ? {} : { nbf: notBefore }),
    ...(expires === null ? {} : { exp: expires }),
    created,
    updated,
    recoveryLevel: 'Recoverable+Purgeable',
    recoverableDays: 90,
  };
}

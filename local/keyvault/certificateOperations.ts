import { randomBytes } from 'node:crypto';
import type { VaultFaultEffect } from './faults.ts';
import { toSigningRequest } from './issueCertificate.ts';
import { readPolicy } from './policy.ts';
import { badParameter, certificateNotFound, creationUnderWay, notKnown } from './refusal.ts';
import { toAttributes } from './secretOperations.ts';
import {
  addCertificateVersion,
  issueFor,
  type PendingCreation,
  type SecretVersion,
  toSeconds,
  type Vault,
  versionsOf,
} from './vault.ts';
import { page, type VaultReply, type VaultRequest } from './wire.ts';

/**
 * https://learn.microsoft.com/rest/api/keyvault/certificates/create-certificate: answers 202 with the operation, which
 * the client polls. The version is there once the operation is completed.
 */
export async function createCertificate(
  vault: Vault,
  request: VaultRequest,
  effect: VaultFaultEffect | null,
  pollsLeft: number,
): Promise<VaultReply> {
  if (!/^[0-9A-Za-z-]{1,127}$/.test(request.name))
    throw badParameter('The name of a certificate is of A-Z, 0-9 and -.');
  if (vault.pending.get(request.name)?.isDone === false) throw creationUnderWay(request.name);
  const policy = readPolicy(request.body) ?? vault.policies.get(request.name);
  if (!policy) throw badParameter('policy is missing');
  const issued = await issueFor(vault, policy.x509_props.subject.slice('CN='.length), {
    keySize: policy.key_props.key_size,
    validityInMonths: policy.x509_props.validity_months,
  });
  const creation: PendingCreation = {
    requestId: randomBytes(16).toString('hex'),
    csr: toSigningRequest(issued),
    issued,
    policy,
    pollsLeft,
    failure: effect?.kind === 'creationFails' ? { code: effect.code, message: effect.message } : null,
    isDone: false,
  };
  vault.pending.set(request.name, creation);
  return { status: 202, json: toOperation(request, creation) };
}

/** https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificate-operation */
export function getOperation(vault: Vault, request: VaultRequest): VaultReply {
  const creation = vault.pending.get(request.name);
  if (!creation) throw certificateNotFound(`${request.name}/pending`);
  if (!creation.isDone && creation.pollsLeft === 0) complete(vault, request.name, creation);
  creation.pollsLeft = Math.max(0, creation.pollsLeft - 1);
  return { status: 200, json: toOperation(request, creation) };
}

function complete(vault: Vault, name: string, creation: PendingCreation): void {
  creation.isDone = true;
  if (creation.failure !== null) return;
  vault.policies.set(name, creation.policy);
  addCertificateVersion(vault, name, creation.issued, creation.policy.secret_props.contentType);
}

function toOperation({ vaultUrl, name }: VaultRequest, creation: PendingCreation) {
  const { csr, requestId, failure, isDone } = creation;
  const outcome = failure === null ? { target: `${vaultUrl}/certificates/${name}` } : { error: failure };
  return {
    id: `${vaultUrl}/certificates/${name}/pending`,
    issuer: { name: 'Self' },
    csr,
    cancellation_requested: false,
    request_id: requestId,
    ...(isDone
      ? { status: failure === null ? 'completed' : 'failed', ...outcome }
      : { status: 'inProgress', status_details: 'Pending certificate created. Please check again later.' }),
  };
}

/** https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificate-versions */
export function listCertificateVersions(vault: Vault, request: VaultRequest): VaultReply {
  const versions = certificateVersions(vault, request.name).sort((a, b) => a.version.localeCompare(b.version));
  return page(
    request,
    versions.map((version) => toItem(request, version)),
  );
}

/** https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificate */
export function getCertificate(vault: Vault, request: VaultRequest): VaultReply {
  return { status: 200, json: toBundle(vault, request, find(vault, request)) };
}

/** https://learn.microsoft.com/rest/api/keyvault/certificates/update-certificate: only `enabled` is known here. */
export function updateCertificate(vault: Vault, request: VaultRequest): VaultReply {
  const { attributes, ...rest } = (request.body ?? {}) as { attributes?: Record<string, unknown> };
  const { enabled, ...others } = attributes ?? {};
  const unknown = Object.entries({ ...rest, ...others }).filter(([, value]) => value !== undefined);
  if (unknown.length > 0) throw notKnown(`an update of ${unknown.map(([key]) => key).join(', ')}`);
  if (typeof enabled !== 'boolean') throw badParameter('attributes.enabled must be true or false');
  const version = find(vault, request);
  version.enabled = enabled;
  version.updated = toSeconds(vault.now());
  return { status: 200, json: toBundle(vault, request, version) };
}

function certificateVersions(vault: Vault, name: string): SecretVersion[] {
  return versionsOf(vault, name).filter(({ issued }) => issued !== null);
}

function find(vault: Vault, { name, version }: VaultRequest): SecretVersion {
  const versions = certificateVersions(vault, name);
  const found = version === '' ? versions.at(-1) : versions.find((one) => one.version === version);
  if (!found) throw certificateNotFound(name);
  return found;
}

function toItem({ vaultUrl }: VaultRequest, version: SecretVersion) {
  return {
    id: `${vaultUrl}/certificates/${version.name}/${version.version}`,
    x5t: Buffer.from(version.issued?.thumbprint ?? '', 'hex').toString('base64url'),
    attributes: toAttributes(version),
  };
}

function toBundle(vault: Vault, request: VaultRequest, version: SecretVersion) {
  const { vaultUrl } = request;
  return {
    ...toItem(request, version),
    kid: `${vaultUrl}/keys/${version.name}/${version.version}`,
    sid: `${vaultUrl}/secrets/${version.name}/${version.version}`,
    cer: version.issued?.certificate,
    policy: { id: `${vaultUrl}/certificates/${version.name}/policy`, ...vault.policies.get(version.name) },
  };
}

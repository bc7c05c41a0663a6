/** A refusal in Key Vault's own form. `isUnknown`: the look-alike does not know what the real one would have done. */
export class VaultRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly innerCode: string | null;
  readonly isUnknown: boolean;

  constructor(
    status: number,
    code: string,
    message: string,
    extras: { innerCode?: string | undefined; isUnknown?: boolean } = {},
  ) {
    super(message);
    this.name = 'VaultRefusal';
    this.status = status;
    this.code = code;
    this.innerCode = extras.innerCode ?? null;
    this.isUnknown = extras.isUnknown ?? false;
  }
}

/** https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses */
export function toErrorBody({ code, innerCode, message }: VaultRefusal) {
  return { error: { code, message, ...(innerCode === null ? {} : { innererror: { code: innerCode } }) } };
}

export function secretNotFound(name: string): VaultRefusal {
  const message = `A secret with (name/id) ${name} was not found in this key vault.`;
  return new VaultRefusal(404, 'SecretNotFound', message);
}

export function certificateNotFound(name: string): VaultRefusal {
  const message = `A certificate with (name/id) ${name} was not found in this key vault.`;
  return new VaultRefusal(404, 'CertificateNotFound', message);
}

export function disabledSecret(): VaultRefusal {
  const message = 'Operation get is not allowed on a disabled secret.';
  return new VaultRefusal(403, 'Forbidden', message, { innerCode: 'SecretDisabled' });
}

export function badParameter(message: string): VaultRefusal {
  return new VaultRefusal(400, 'BadParameter', message);
}

export function creationUnderWay(name: string): VaultRefusal {
  const message = `The create operation of certificate ${name} is in progress.`;
  return new VaultRefusal(409, 'Conflict', message);
}

/** 501: something the look-alike was never taught. Remembered in `refusals()`. */
export function notKnown(what: string): VaultRefusal {
  return new VaultRefusal(501, 'NotImplemented', `The look-alike of Key Vault does not know ${what}.`, {
    isUnknown: true,
  });
}

const FAULT_CODES: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'SecretNotFound',
  429: 'Throttled',
};

/** What a fault answers with. */
export function refusalOfStatus(status: number, innerCode: string | undefined): VaultRefusal {
  const code = FAULT_CODES[status] ?? 'InternalServerError';
  return new VaultRefusal(status, code, `A fault answered with ${status}.`, { innerCode });
}

import type { Reply } from '../http.ts';

/** A refusal of the token service of App Service; its form and the text for a foreign client id were seen in the field. */
export class IdentityRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'IdentityRefusal';
    this.status = status;
  }
}

export function toIdentityReply({ status, message }: IdentityRefusal): Reply {
  return { status, json: { statusCode: status, message } };
}

export function unknownIdentity(): IdentityRefusal {
  const message = 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.';
  return new IdentityRefusal(400, message);
}

import type { Connection, Message } from 'rhea';
import type { Claims } from './claims.ts';
import { notImplemented, type Refusals } from './refusals.ts';
import type { Answer } from './requests.ts';

const SAS_TOKEN = 'servicebus.windows.net:sastoken';

/**
 * The put-token operation of the $cbs node (AMQP claims-based security): 202 for a good token, 401 with the service's
 * words for a bad one. Tokens of Microsoft Entra ID are not known here.
 */
export function answerPutToken(request: Message, connection: Connection, claims: Claims, refusals: Refusals): Answer {
  const { operation, type, name } = request.application_properties ?? {};
  if (operation !== 'put-token' || type !== SAS_TOKEN) {
    return { status: 501, error: refusals.remember(notImplemented(`${operation} with a token of type ${type}`)) };
  }
  const reason = claims.put(connection, String(name), String(request.body));
  return reason === null
    ? { status: 202, description: 'Accepted' }
    : { status: 401, error: refusals.remember({ condition: 'com.microsoft:auth-failed', description: reason }) };
}

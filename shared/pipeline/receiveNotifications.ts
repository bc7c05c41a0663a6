import { errorCodeOf } from '../errors.ts';
import { checkClientState } from '../graph/clientState.ts';
import type { TokenCheck } from '../graph/validationTokens.ts';
import { ingestNotifications } from './ingestNotifications.ts';
import type { Services } from './services.ts';
import { answer, answerValidation, readDelivery, type WebhookRequest, type WebhookResponse } from './webhookRequest.ts';

/** As much as an event of the hub holds. */
const MAX_BODY_BYTES = 1024 * 1024;

interface Judgement {
  accepted: unknown[];
  refused: number;
  /** What could not be judged, since the storage or the keys could not be had. */
  undecided: number;
}

/**
 * The door for change notifications that Graph delivers over HTTPS. Anybody can call it, so nothing of a stranger is
 * stored: a rich item counts by the validation tokens, any other by the `clientState` of a subscription of ours. A rich
 * item is not refused for its `clientState`: the tokens prove that Graph sent it for our application and tenant, and
 * the doubt that is left is on the side of telling. Answers 202 when all that counts is kept; 401 or 403 when nothing
 * is from Graph to us; 503 while something could be neither judged nor kept: without a 2xx within 3 s Graph sends all
 * of it again, for up to 4 hours (https://learn.microsoft.com/graph/change-notifications-delivery-webhooks).
 */
export async function receiveNotifications(services: Services, request: WebhookRequest): Promise<WebhookResponse> {
  const validation = answerValidation(request);
  if (validation) return validation;
  const delivery = await readDelivery(request, MAX_BODY_BYTES);
  if ('refusal' in delivery) {
    const { status, reason } = delivery.refusal;
    services.log.warn('Delivery refused', { reason });
    return answer(status, reason);
  }

  const rich = delivery.value.filter(isRich);
  const [tokens, plain] = await Promise.all([
    rich.length > 0 ? checkTokens(services, delivery.validationTokens) : null,
    judgePlain(
      services,
      delivery.value.filter((item) => !isRich(item)),
    ),
  ]);
  if (tokens?.outcome === 'refused') {
    services.log.error('Delivery refused: its validation tokens are not of Graph for us', { reason: tokens.reason });
    return answer(401, tokens.reason);
  }
  const hasKeys = tokens?.outcome !== 'unavailable';
  return keep(services, {
    accepted: [...(hasKeys ? rich : []), ...plain.accepted],
    refused: plain.refused,
    undecided: plain.undecided + (hasKeys ? 0 : rich.length),
  });
}

async function checkTokens({ validationTokens, log }: Services, tokens: unknown): Promise<TokenCheck> {
  const check: TokenCheck = validationTokens
    ? await validationTokens.check(tokens)
    : { outcome: 'unavailable', code: 'notConfigured' };
  if (check.outcome === 'unavailable') log.error('Validation tokens cannot be checked', { code: check.code });
  return check;
}

/** Storage is not asked about what carries no `clientState` at all. */
async function judgePlain({ store, log }: Services, items: readonly unknown[]): Promise<Judgement> {
  const asked = items.filter((item) => textOf(item, 'clientState') !== null);
  const refused = items.length - asked.length;
  if (asked.length === 0) return { accepted: [], refused, undecided: 0 };
  try {
    const known = await store.subscriptions.list();
    const accepted = asked.filter((item) => {
      const [subscriptionId, clientState] = [textOf(item, 'subscriptionId'), textOf(item, 'clientState')];
      return checkClientState({ subscriptionId, clientState }, known) === 'match';
    });
    return { accepted, refused: items.length - accepted.length, undecided: 0 };
  } catch (caught) {
    log.error('The clientState of notifications cannot be checked', { error: errorCodeOf(caught) });
    return { accepted: [], refused, undecided: asked.length };
  }
}

async function keep(services: Services, { accepted, refused, undecided }: Judgement): Promise<WebhookResponse> {
  const { log } = services;
  if (refused > 0)
    log.error('Notifications refused: not of a subscription of ours', { reason: 'clientState', refused });
  try {
    if (accepted.length > 0) {
      await ingestNotifications(services, [{ body: { value: accepted }, enqueuedAt: null, source: 'https' }]);
    }
  } catch (caught) {
    log.error('Notifications could not be kept', { error: errorCodeOf(caught) });
    return answer(503);
  }
  if (undecided > 0) return answer(503);
  return accepted.length > 0 ? answer(202) : answer(403, 'clientState');
}

function isRich(item: unknown): boolean {
  return (propertyOf(item, 'encryptedContent') ?? null) !== null;
}

function textOf(item: unknown, name: string): string | null {
  const value = propertyOf(item, name);
  return typeof value === 'string' ? value : null;
}

function propertyOf(item: unknown, name: string): unknown {
  return item !== null && typeof item === 'object' ? (item as Record<string, unknown>)[name] : undefined;
}

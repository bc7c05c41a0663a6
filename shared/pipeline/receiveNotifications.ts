import { errorCodeOf } from '../errors.ts';
import { checkClientState } from '../graph/clientState.ts';
import type { TokenCheck } from '../graph/validationTokens.ts';
import { ingestNotifications } from './ingestNotifications.ts';
import { noteRefusedDelivery } from './refusedDelivery.ts';
import type { Services } from './services.ts';
import { answer, answerValidation, readDelivery, type WebhookRequest, type WebhookResponse } from './webhookRequest.ts';

/** As much as an event of the hub holds. */
const MAX_BODY_BYTES = 1024 * 1024;

/** `again`: something could be neither judged nor kept. */
type Outcome = 'kept' | 'refused' | 'again';

/**
 * The door for change notifications that Graph delivers over HTTPS. Anybody can call it, so nothing of a stranger is
 * stored, only the time at which a delivery for a subscription of ours was last refused for its tokens: a rich item counts by the validation tokens, any other by the `clientState` of a subscription of ours. A rich
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
  const plain = delivery.value.filter((item) => !isRich(item));
  // Neither kind waits for the other: what counts is told while the storage or the sign-in service hangs.
  const tokens = rich.length > 0 ? checkTokens(services, delivery.validationTokens) : Promise.resolve(null);
  const outcomes = await Promise.all([takeRich(services, rich, tokens), takePlain(services, plain, tokens)]);
  const check = await tokens;
  if (check?.outcome === 'refused') {
    await noteRefusedDelivery(
      services,
      rich.flatMap((item) => textOf(item, 'subscriptionId') ?? []),
    );
    return answer(401, check.reason);
  }
  if (outcomes.includes('again')) return answer(503);
  return outcomes.includes('kept') ? answer(202) : answer(403, 'clientState');
}

async function checkTokens({ validationTokens, log }: Services, tokens: unknown): Promise<TokenCheck> {
  if (!validationTokens) {
    log.error('Validation tokens cannot be checked', { code: 'notConfigured' });
    return { outcome: 'unavailable', code: 'notConfigured' };
  }
  const check = await validationTokens.check(tokens);
  if (check.outcome === 'unavailable') log.error('Validation tokens cannot be checked', { code: check.code });
  if (check.outcome === 'refused') {
    log.error('Delivery refused: its validation tokens are not of Graph for us', { reason: check.reason });
  }
  return check;
}

async function takeRich(
  services: Services,
  items: readonly unknown[],
  tokens: Promise<TokenCheck | null>,
): Promise<Outcome> {
  const check = await tokens;
  if (check?.outcome === 'unavailable') return 'again';
  return check?.outcome === 'refused' ? 'refused' : keep(services, items);
}

/** Nothing of a delivery with bad tokens is kept, whatever secret it carries. */
async function takePlain(
  services: Services,
  items: readonly unknown[],
  tokens: Promise<TokenCheck | null>,
): Promise<Outcome> {
  const ours = await ofOurSubscriptions(services, items);
  if (ours === null) return 'again';
  return (await tokens)?.outcome === 'refused' ? 'refused' : keep(services, ours);
}

/** Those that carry a `clientState` of ours; `null` when the storage, asked only where there is one, does not say. */
async function ofOurSubscriptions({ store, log }: Services, items: readonly unknown[]): Promise<unknown[] | null> {
  const asked = items.filter((item) => textOf(item, 'clientState') !== null);
  try {
    const known = asked.length > 0 ? await store.subscriptions.list() : [];
    const ours = asked.filter((item) => {
      const [subscriptionId, clientState] = [textOf(item, 'subscriptionId'), textOf(item, 'clientState')];
      return checkClientState({ subscriptionId, clientState }, known) === 'match';
    });
    const refused = items.length - ours.length;
    if (refused > 0)
      log.error('Notifications refused: not of a subscription of ours', { reason: 'clientState', refused });
    return ours;
  } catch (caught) {
    log.error('The clientState of notifications cannot be checked', { error: errorCodeOf(caught) });
    return null;
  }
}

async function keep(services: Services, items: readonly unknown[]): Promise<Outcome> {
  if (items.length === 0) return 'refused';
  try {
    await ingestNotifications(services, [{ body: { value: items }, enqueuedAt: null, source: 'https' }]);
    return 'kept';
  } catch (caught) {
    services.log.error('Notifications could not be kept', { error: errorCodeOf(caught) });
    return 'again';
  }
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

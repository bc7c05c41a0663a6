import { composeAlertTable } from '../alertTable.ts';
import type { Channel } from '../channel.ts';
import { post } from '../httpResult.ts';
import { adaptiveCard } from './adaptiveCard.ts';

const TIMEOUT_MS = 10_000;

/**
 * A card in a Teams channel, through a workflow that begins when a webhook request is received. Its address lets
 * everybody post who knows it, so it is in no record: `to` is only the name of the place.
 */
export function createTeamsChannel(
  workflowUrl: string,
  { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {},
): Channel {
  const url = new URL(workflowUrl);
  return {
    name: 'teams',
    compose: (alert, style) => [composeAlertTable(alert, style)],
    send: ({ body }) =>
      post(
        'the workflow',
        { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(adaptiveCard(body)), timeoutMs },
        // It answers 202 and runs later; the run has a name where Power Automate says it.
        ({ statusCode, headers }) => ({
          outcome: 'accepted',
          providerMessageId: oneOf(headers['x-ms-workflow-run-id']) ?? 'workflow',
          status: `HTTP ${statusCode}`,
        }),
      ),
    // A workflow cannot be asked what it has posted.
    find: async () => null,
  };
}

/** A name of another's making goes onto the record only where it looks like one. */
function oneOf(header: string | string[] | undefined): string | null {
  const [value = ''] = [header ?? ''].flat();
  return /^[\w-]{1,100}$/.test(value) ? value : null;
}

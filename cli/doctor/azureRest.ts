import type { TokenCredential } from '@azure/identity';
import { CannotLookError, NoTokenError } from './cannotLook.ts';

/** `status` is the service's; `body` is its JSON. */
export interface RestAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** Questions to Azure as the administrator. Throws a {@link CannotLookError} when there is no answer or no right to one. */
export interface AzureRest {
  /** Azure Resource Manager; `path` begins with a slash and holds its `api-version`. */
  resources(path: string): Promise<RestAnswer>;
  /** Every item of a list, over all its pages. */
  listResources(path: string): Promise<Record<string, unknown>[]>;
  /** Microsoft Graph, below the version. */
  directory(path: string): Promise<RestAnswer>;
}

const TIMEOUT_MS = 8_000;
const MOST_PAGES = 20;

export function createAzureRest(
  credential: TokenCredential,
  { resourceManager, graphBaseUrl }: { resourceManager: string; graphBaseUrl: string },
): AzureRest {
  async function ask(origin: string, what: string, path: string): Promise<RestAnswer> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const token = await credential.getToken(`${origin}/.default`, { abortSignal: signal }).catch((caught: unknown) => {
      throw new NoTokenError(caught);
    });
    if (token === null) throw new NoTokenError();
    const headers = { Authorization: `Bearer ${token.token}` };
    const response = await fetch(`${origin}${path}`, { headers, redirect: 'error', signal }).catch(
      (caught: unknown) => {
        const code = signal.aborted ? 'timeout' : 'network';
        throw new CannotLookError(`${what} does not answer (${code})`, null, caught);
      },
    );
    const body = asRecord(await response.json().catch(() => null));
    if (response.status === 404 || response.ok) return { status: response.status, body };
    const code = String(asRecord(body.error).code ?? '').replace(/[^\w.]/g, '');
    const isRight = response.status === 401 || response.status === 403;
    throw new CannotLookError(
      `${what} refuses (${response.status} ${code})`,
      isRight
        ? 'Ask somebody with the role Reader on the resource group and Directory Readers in Entra to run it.'
        : null,
    );
  }

  const resources = (path: string) => ask(resourceManager, 'Azure Resource Manager', path);
  return {
    resources,
    directory: (path) => ask(graphBaseUrl, 'Microsoft Graph', `/v1.0${path}`),
    async listResources(path) {
      const items: Record<string, unknown>[] = [];
      let next: string | null = path;
      for (let page = 0; next !== null && page < MOST_PAGES; page += 1) {
        const { status, body }: RestAnswer = await resources(next);
        if (status === 404) throw new CannotLookError('Azure Resource Manager does not find it', CHECK_NAMES);
        items.push(...(Array.isArray(body.value) ? body.value.map(asRecord) : []));
        next = pathOf(body.nextLink, resourceManager);
      }
      return items;
    },
  };
}

const CHECK_NAMES = 'Was the deployment removed? Compare with: azd env get-values.';

/** The token goes nowhere but to the same service. */
function pathOf(link: unknown, origin: string): string | null {
  const url = typeof link === 'string' && URL.canParse(link) ? new URL(link) : null;
  return url?.origin === origin ? `${url.pathname}${url.search}` : null;
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

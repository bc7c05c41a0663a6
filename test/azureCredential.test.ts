import { TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import type { AccessToken } from '@azure/identity';
import { withoutBackgroundRenewal } from '../shared/azureCredential.ts';

type PipelineRequest = Parameters<NonNullable<TableServiceClientOptions['httpClient']>['sendRequest']>[0];

const HOUR_MS = 3_600_000;
const SCOPE = 'https://storage.azure.com/.default';

/** Gives each time another token; `null` and errors as told. */
function identity(...answers: (number | null | Error)[]) {
  const asked: (string | string[])[] = [];
  return {
    asked,
    async getToken(scopes: string | string[]): Promise<AccessToken | null> {
      asked.push(scopes);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      return typeof answer === 'number' ? { token: `token ${asked.length}`, expiresOnTimestamp: answer } : null;
    },
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a token is asked for once, and never said to live: the clients would renew it behind the back', async () => {
  const source = identity(Date.now() + HOUR_MS);
  const credential = withoutBackgroundRenewal(source);
  for (let i = 0; i < 3; i += 1) {
    const token = await credential.getToken(SCOPE);
    expect(token?.token).toBe('token 1');
    expect(token?.expiresOnTimestamp).toBeLessThanOrEqual(Date.now());
    jest.advanceTimersByTime(HOUR_MS / 4);
  }
  expect(source.asked).toEqual([SCOPE]);
});

test('it is asked for anew before it ends, and another for another scope', async () => {
  const source = identity(Date.now() + HOUR_MS, Date.now() + 2 * HOUR_MS);
  const credential = withoutBackgroundRenewal(source);
  await credential.getToken(SCOPE);
  jest.advanceTimersByTime(HOUR_MS - 60_000);
  expect((await credential.getToken(SCOPE))?.token).toBe('token 2');
  expect((await credential.getToken('other'))?.token).toBe('token 3');
  expect((await credential.getToken(SCOPE))?.token).toBe('token 2');
});

test('a failure is told to whoever asked, and is not kept', async () => {
  const source = identity(new Error('down'), null, Date.now() + HOUR_MS);
  const credential = withoutBackgroundRenewal(source);
  await expect(credential.getToken(SCOPE)).rejects.toThrow('down');
  expect(await credential.getToken(SCOPE)).toBeNull();
  expect((await credential.getToken(SCOPE))?.token).toBe('token 3');
});

test('while no other can be had, one that still lives serves to its end', async () => {
  const source = identity(Date.now() + HOUR_MS, new Error('down'));
  const credential = withoutBackgroundRenewal(source);
  await credential.getToken(SCOPE);
  jest.advanceTimersByTime(HOUR_MS - 60_000);
  expect((await credential.getToken(SCOPE))?.token).toBe('token 1');
  jest.advanceTimersByTime(55_000);
  await expect(credential.getToken(SCOPE)).rejects.toThrow('down');
});

test('a storage client that uses it leaves no rejection behind while the identity is down', async () => {
  jest.useRealTimers();
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  process.on('unhandledRejection', note);
  try {
    // Less than two minutes: the client would renew it behind the back with the second request.
    const source = identity(Date.now() + 90_000, new Error('down'));
    const sendRequest = async (request: PipelineRequest) => ({ request, status: 204, headers: request.headers });
    const client = new TableClient('https://contoso.table.core.windows.net', 'Work', withoutBackgroundRenewal(source), {
      httpClient: { sendRequest },
    });
    await client.deleteEntity('p', 'r');
    await client.deleteEntity('p', 'r');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(source.asked.length).toBeGreaterThan(1);
    expect(rejections).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});

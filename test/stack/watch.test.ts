import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { statusCommand } from '../../cli/statusCommand.ts';
import type { StatusReport } from '../../cli/statusReport.ts';
import type { Stack } from '../../local/stack.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { startTestStack } from '../harness/testStack.ts';

let outside: Server;
let heartbeats = 0;
let stack: Stack;
let services: Services;
beforeAll(async () => {
  outside = createServer((_, response) => {
    heartbeats += 1;
    response.end('OK');
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const HEARTBEAT_URL = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
  ({ stack, services } = await startTestStack({ env: { HEARTBEAT_URL } }));
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  const closed = new Promise((resolve) => outside.close(resolve));
  outside.closeAllConnections();
  await closed;
});

async function arrivals(): Promise<number> {
  return (await services.store.canaries.list()).filter(({ arrived }) => arrived !== null).length;
}

test('the deployed timers: canaries go through the real hub, nobody is told anything, and the outside hears of us', async () => {
  for (const timer of ['sweep', 'reconcileChats', 'watch']) expect(await stack.host.fire(timer)).toEqual({ ok: true });
  for (let i = 0; i < 200 && (await arrivals()) < 2; i += 1) await sleep(100);
  expect(await arrivals()).toBe(2);
  expect(await stack.host.fire('watch')).toEqual({ ok: true });

  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const code = await statusCommand(services, { write, columns: 80, hasColours: false }, { json: true });
  const { parts }: StatusReport = JSON.parse(text);
  expect(parts.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(code).toBe(0);
  expect(stack.twilio?.messages()).toEqual([]);

  const before = heartbeats;
  expect(await stack.host.fire('heartbeat')).toEqual({ ok: true });
  expect(heartbeats).toBeGreaterThan(before);
  expect(await stack.host.fire('purge')).toEqual({ ok: true });
  expect(stack.hub?.refusals()).toEqual([]);
}, 60_000);

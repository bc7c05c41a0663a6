import { type FunctionHost, startFunctionHost } from './functionHost.ts';
import type { FromHost, HostStart, ToHost } from './hostMessages.ts';

/** The child process of a host: does what its parent says, and ends with it. */
let host: FunctionHost | null = null;

function tell(message: FromHost): void {
  if (process.connected) process.send?.(message);
}

/** Says the last word, and ends once it is on its way. */
function end(reason: string, code: number): void {
  process.send?.({ type: 'ending', reason } satisfies FromHost, () => process.exit(code));
}

async function start(options: HostStart): Promise<void> {
  host = await startFunctionHost(options, {
    onLog: (line) => tell({ type: 'log', line }),
    onInvocation: (functionName, event) => tell({ type: 'invocation', functionName, event }),
    onEnd: (reason) => end(reason, 1),
  });
  const { port, functions, functionErrors } = host;
  tell({ type: 'started', port, functions, functionErrors });
}

async function fire(id: number, name: string, text: string): Promise<void> {
  const outcome = await host?.fire(name, text);
  if (!outcome) tell({ type: 'answer', id, outcome: { ok: false, error: `There is no function '${name}' to fire` } });
  else if (outcome.ok) tell({ type: 'answer', id, outcome: { ok: true } });
  else tell({ type: 'answer', id, outcome: { ok: false, error: outcome.exception.message } });
}

async function stop(graceMs: number): Promise<void> {
  await host?.stop(graceMs);
  end('The host was stopped', 0);
}

function obey(message: ToHost): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message.start);
    case 'fire':
      return fire(message.id, message.name, message.text);
    case 'stop':
      return stop(message.graceMs);
    case 'clock':
      host?.setClockOffset(message.offsetMs);
      tell({ type: 'answer', id: message.id, outcome: { ok: true } });
      return Promise.resolve();
  }
}

process.on('message', (message: ToHost) => {
  obey(message).catch((caught: unknown) => end(caught instanceof Error ? caught.message : String(caught), 1));
});
// However the parent ended: nothing of the host is left, as if it had been killed with it.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

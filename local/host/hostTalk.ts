import type { ChildProcess } from 'node:child_process';
import type { FromHost, HostLog, ToHost } from './hostMessages.ts';

export interface InvocationCounts {
  started: number;
  succeeded: number;
  failed: number;
}

export interface HostExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The host's own last word, where it had one. */
  reason: string | null;
}

const LAST_OUTPUT_LINES = 40;

type Answer = Extract<FromHost, { type: 'answer' }>['outcome'];

/**
 * What is said to the child and heard from it. `started` rejects, with the child's last output, when it ends first; a
 * question that it does not live to answer is answered as failed.
 */
export function createHostTalk(child: ChildProcess, onLog?: (line: HostLog) => void) {
  const counts: Record<string, InvocationCounts> = {};
  const waiting = new Map<number, (answer: Answer) => void>();
  const output: string[] = [];
  let lastId = 0;
  let lastWord: string | null = null;

  const send = (message: ToHost) => {
    if (child.connected) child.send(message);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => note(chunk.trimEnd()));
  }

  function note(line: string): void {
    output.push(line);
    if (output.length > LAST_OUTPUT_LINES) output.shift();
  }

  function count({ functionName, event }: Extract<FromHost, { type: 'invocation' }>): void {
    counts[functionName] ??= { started: 0, succeeded: 0, failed: 0 };
    counts[functionName][event] += 1;
  }

  const exited = new Promise<HostExit>((done) => {
    child.once('exit', (code, signal) => {
      const end = () => done({ code, signal, reason: lastWord });
      // Its last words may still be on their way.
      if (child.connected) child.once('disconnect', end);
      else end();
    });
    // More than one may come: of the start, and of what is said to a child that did not start.
    child.on('error', ({ message }) => done({ code: null, signal: null, reason: message }));
  });
  void exited.then(() => {
    for (const answer of waiting.values()) answer({ ok: false, error: 'The host has ended' });
    waiting.clear();
  });

  const started = new Promise<Extract<FromHost, { type: 'started' }>>((done, fail) => {
    void exited.then(({ reason, code, signal }) => {
      const said = output.length > 0 ? `\n${output.join('\n')}` : '';
      fail(new Error(`The app did not start: ${reason ?? `the host ended with ${signal ?? code}`}${said}`));
    });
    child.on('message', (message: FromHost) => {
      if (message.type === 'started') done(message);
      else if (message.type === 'ending') lastWord = message.reason;
      else if (message.type === 'invocation') count(message);
      else if (message.type === 'log') {
        note(message.line.message);
        onLog?.(message.line);
      } else {
        waiting.get(message.id)?.(message.outcome);
        waiting.delete(message.id);
      }
    });
  });

  return {
    send,
    started,
    exited,
    invocations: () => structuredClone(counts),
    ask(question: (id: number) => ToHost): Promise<Answer> {
      if (!child.connected) return Promise.resolve({ ok: false, error: 'The host has ended' });
      lastId += 1;
      const id = lastId;
      return new Promise((done) => {
        waiting.set(id, done);
        send(question(id));
      });
    },
  };
}

/** The place of one among those who are told at once. */
export interface Turn {
  /** Resolves when it is this one's turn to ask the provider. */
  come(): Promise<void>;
  /** The provider has answered, or is not asked: whoever is next need not wait. */
  pass(): void;
}

/** A provider that has not answered by then has the request: the next one goes. */
const HEAD_START_MS = 150;
/** Nobody waits longer than this for those before, whatever holds them up. */
const MOST_WAIT_MS = 1_000;

/**
 * Lets those who are told at once go in their order, which is that of duty: each when the provider has answered the one
 * before, or has had that request for 150 ms. A sender has a queue of its own at the provider, and who comes first there
 * reads it first.
 */
export function inTurns<T>(items: readonly T[]): (T & { turn: Turn })[] {
  let before: Promise<void> = Promise.resolve();
  return items.map((item) => {
    const { turn, over } = turnAfter(before);
    before = over;
    return { ...item, turn };
  });
}

function turnAfter(before: Promise<void>): { turn: Turn; over: Promise<void> } {
  let headStart: NodeJS.Timeout | undefined;
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const turn = {
    async come() {
      await atMost(MOST_WAIT_MS, before);
      headStart = setTimeout(end, HEAD_START_MS);
    },
    pass() {
      clearTimeout(headStart);
      end();
    },
  };
  return { turn, over };
}

function atMost(ms: number, wait: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void wait.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

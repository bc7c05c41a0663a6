import { type BoundedList, createBoundedList } from '../boundedList.ts';
import { post } from './post.ts';

/** By the wall clock. The real Graph waits 3 s for an answer, and repeats for up to 4 hours. */
export interface WebhookTimes {
  timeoutMs: number;
  /** Until the first repetition; doubled for each further one. */
  firstRetryMs: number;
  /** So much waiting between attempts, all in all, is the most. */
  giveUpAfterMs: number;
}

const DEFAULT_TIMES: WebhookTimes = { timeoutMs: 3_000, firstRetryMs: 100, giveUpAfterMs: 10_000 };

/** One attempt. Holds no query, so no function key, and no body. */
export interface WebhookPost {
  path: string;
  attempt: number;
  /** `null`: no answer in time. */
  status: number | null;
}

export type LossOfPost = 'webhookRefused' | 'closed';

export interface Webhooks {
  /** Done after the first attempt. What is not answered 2xx is repeated until it is given up: then `onLost` is told. */
  send(url: string, body: string, onLost: (reason: LossOfPost) => void): Promise<void>;
  posts: BoundedList<WebhookPost>;
  close(): void;
}

interface Delivery {
  url: string;
  body: string;
  onLost: (reason: LossOfPost) => void;
}

export function createWebhooks(times: Partial<WebhookTimes> = {}): Webhooks {
  const { timeoutMs, firstRetryMs, giveUpAfterMs } = { ...DEFAULT_TIMES, ...times };
  const posts = createBoundedList<WebhookPost>();
  const waiting = new Map<NodeJS.Timeout, Delivery>();
  const closing = new AbortController();

  async function attempt(delivery: Delivery, number: number): Promise<void> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await post(delivery.url, delivery.body, { contentType: 'application/json', signal });
    const status = answer?.status ?? null;
    posts.push({ path: new URL(delivery.url).pathname, attempt: number, status });
    if (status === null || status < 200 || status > 299) {
      repeatOrLose(delivery, number);
    }
  }

  function repeatOrLose(delivery: Delivery, number: number): void {
    const waitMs = firstRetryMs * 2 ** (number - 1);
    const waitedMs = waitMs - firstRetryMs;
    if (closing.signal.aborted) {
      delivery.onLost('closed');
    } else if (waitedMs + waitMs > giveUpAfterMs) {
      delivery.onLost('webhookRefused');
    } else {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        void attempt(delivery, number + 1);
      }, waitMs);
      waiting.set(timer, delivery);
    }
  }

  return {
    send: (url, body, onLost) => attempt({ url, body, onLost }, 1),
    posts,
    close() {
      closing.abort();
      for (const [timer, delivery] of waiting) {
        clearTimeout(timer);
        delivery.onLost('closed');
      }
      waiting.clear();
    },
  };
}

import { type StorageAccount, StorageError } from './storageAccount.ts';

/** A message as it was taken from the queue; until `nextVisibleOn` nobody else sees it. */
export interface QueueMessage {
  id: string;
  popReceipt: string;
  dequeueCount: number;
  insertedOn: Date;
  expiresOn: Date;
  nextVisibleOn: Date;
  /** As it is stored, before any decoding. */
  text: string;
}

/** One storage queue in the words of its REST API. What is refused is thrown as a {@link StorageError}. */
export interface StorageQueue {
  name: string;
  /** Takes up to `count` messages and hides them from all others. */
  take(count: number, hiddenForSeconds: number): Promise<QueueMessage[]>;
  /** Hides it anew from now on; changes its pop receipt. */
  hide(message: QueueMessage, seconds: number): Promise<void>;
  delete(message: QueueMessage): Promise<void>;
  /** Makes the queue where it is missing. */
  add(text: string): Promise<void>;
}

/** The message or its queue is gone, or was taken by somebody else meanwhile: nothing is left to be done about it. */
export function isNoLongerOurs(caught: unknown): boolean {
  return caught instanceof StorageError && (caught.status === 404 || caught.code === 'PopReceiptMismatch');
}

export function openQueue(account: StorageAccount, name: string): StorageQueue {
  const messages = `${name}/messages`;

  async function add(text: string): Promise<void> {
    const body = `<QueueMessage><MessageText>${escapeXml(text)}</MessageText></QueueMessage>`;
    const request = { method: 'POST', path: messages, body, headers: { 'content-type': 'application/xml' } } as const;
    const answer = await account.send('queue', { ...request, accept: [404] });
    if (answer.status === 404) {
      // 204 when another made it meanwhile, 201 when we did.
      await account.send('queue', { method: 'PUT', path: name });
      await account.send('queue', request);
    }
  }

  return {
    name,
    add,
    async take(count, hiddenForSeconds) {
      const query = { numofmessages: String(count), visibilitytimeout: String(hiddenForSeconds) };
      const { text } = await account.send('queue', { method: 'GET', path: messages, query });
      return [...text.matchAll(/<QueueMessage>([\s\S]*?)<\/QueueMessage>/g)].map(([, xml = '']) => fromXml(xml));
    },
    async hide(message, seconds) {
      const { headers } = await account.send('queue', {
        method: 'PUT',
        path: `${messages}/${message.id}`,
        query: { popreceipt: message.popReceipt, visibilitytimeout: String(Math.round(seconds)) },
      });
      message.popReceipt = headers['x-ms-popreceipt'] ?? message.popReceipt;
    },
    async delete(message) {
      const query = { popreceipt: message.popReceipt };
      await account.send('queue', { method: 'DELETE', path: `${messages}/${message.id}`, query });
    },
  };
}

function fromXml(xml: string): QueueMessage {
  const field = (name: string) => unescapeXml(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1] ?? '');
  return {
    id: field('MessageId'),
    popReceipt: field('PopReceipt'),
    dequeueCount: Number(field('DequeueCount')),
    insertedOn: new Date(field('InsertionTime')),
    expiresOn: new Date(field('ExpirationTime')),
    nextVisibleOn: new Date(field('TimeNextVisible')),
    text: field('MessageText'),
  };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(
    /&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
      return decimal ? String.fromCodePoint(Number(decimal)) : (named[name ?? ''] ?? whole);
    },
  );
}

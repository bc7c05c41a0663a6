/**
 * The partition that Event Hubs gives a partition key: the published hash of its clients' buffered producers (Bob
 * Jenkins' lookup3, the two results joined and cut to 16 bits).
 */
export function partitionOfKey(partitionKey: string, partitionCount: number): number {
  return Math.abs(hashPartitionKey(partitionKey) % partitionCount);
}

/** A signed 16-bit number. */
function hashPartitionKey(partitionKey: string): number {
  const data = Buffer.from(partitionKey, 'utf8');
  const { b, c } = lookup3(data);
  return ((b ^ c) << 16) >> 16;
}

interface State {
  a: number;
  b: number;
  c: number;
}

function lookup3(data: Buffer): State {
  const start = (0xdeadbeef + data.length) | 0;
  let state: State = { a: start, b: start, c: start };
  if (data.length === 0) {
    return state;
  }
  // The last block (of 1 to 12 bytes, filled up with zeros) is mixed in its own way.
  const lastBlock = Math.ceil(data.length / 12) * 12 - 12;
  const padded = Buffer.alloc(lastBlock + 12);
  data.copy(padded);
  for (let index = 0; index < lastBlock; index += 12) {
    state = mix(addBlock(state, padded, index));
  }
  return finalMix(addBlock(state, padded, lastBlock));
}

function addBlock({ a, b, c }: State, data: Buffer, index: number): State {
  return {
    a: (a + data.readInt32LE(index)) | 0,
    b: (b + data.readInt32LE(index + 4)) | 0,
    c: (c + data.readInt32LE(index + 8)) | 0,
  };
}

function mix(state: State): State {
  let { a, b, c } = state;
  a = ((a - c) | 0) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = ((a - c) | 0) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 4);
  b = (b + a) | 0;
  return { a, b, c };
}

function finalMix(state: State): State {
  let { a, b, c } = state;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return { a, b, c };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

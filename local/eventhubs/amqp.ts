import rhea from 'rhea';

/** An error as AMQP 1.0 carries it on a link, a connection or a rejected delivery. */
export interface AmqpError {
  condition: string;
  description: string;
}

/** A value as rhea reads it from the wire: with its AMQP type, which a plain JavaScript value would lose. */
export interface TypedValue {
  descriptor?: { value: unknown };
  value: unknown;
}

interface AmqpReader {
  position: number;
  remaining(): number;
  read(): TypedValue;
}

interface AmqpWriter {
  write(value: TypedValue): void;
  toBuffer(): Buffer;
}

/** rhea has these and does not declare them. */
const { Reader, Writer } = rhea.types as unknown as {
  Reader: new (buffer: Buffer) => AmqpReader;
  Writer: new () => AmqpWriter;
};

/** Codes of the message sections: AMQP 1.0, part 3, section 3.2. */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  footer: 0x78,
} as const;

export interface Section {
  code: number;
  content: TypedValue;
  /** The section as it stood on the wire. */
  bytes: Buffer;
}

/** Cuts an encoded message into its sections. Throws when it is not one. */
export function readSections(message: Buffer): Section[] {
  const reader = new Reader(message);
  const sections: Section[] = [];
  while (reader.remaining() > 0) {
    const start = reader.position;
    const content = reader.read();
    const code = Number(content.descriptor?.value);
    if (!(code >= SECTION.header && code <= SECTION.footer)) {
      throw new Error('A message section has no descriptor that AMQP 1.0 defines.');
    }
    sections.push({ code, content, bytes: message.subarray(start, reader.position) });
  }
  return sections;
}

/** One annotations section (delivery or message annotations), with symbols as keys. */
export function encodeAnnotations(code: number, annotations: Record<string, unknown>): Buffer {
  return encodeSection(code, rhea.types.wrap_symbolic_map(annotations));
}

/** One Data section. */
export function encodeData(data: Buffer): Buffer {
  return encodeSection(SECTION.data, rhea.types.wrap_binary(data));
}

function encodeSection(code: number, content: unknown): Buffer {
  const writer = new Writer();
  writer.write(rhea.types.described(rhea.types.wrap_ulong(code), content));
  return writer.toBuffer();
}

/** Reads a map with string or symbol keys, and leaves each value its AMQP type. */
export function readMap(map: TypedValue): Record<string, TypedValue> {
  const items = map.value as TypedValue[];
  const read: Record<string, TypedValue> = {};
  items.forEach((item, index) => {
    const value = items[index + 1];
    if (index % 2 === 0 && value !== undefined) {
      read[String(item.value)] = value;
    }
  });
  return read;
}

/** Twilio refuses a longer body (error 21617). In UTF-16 units. */
export const LONGEST_BODY = 1_600;
/** Room for the words before each part, and for the quotes that a part may gain at both ends. */
const HEADROOM = 40;

/**
 * The body as one message, or as several where Twilio takes no such length: cut between words (inside one only where
 * it is longer than a message), each beginning with `lead` and "1/2". A value cut in two is closed and opened again
 * with its quotes, so that no part begins with a stranger's words outside of them.
 */
export function splitBody(body: string, lead: string): string[] {
  if (body.length <= LONGEST_BODY) return [body];
  const chunks = cut(body, LONGEST_BODY - HEADROOM);
  return requote(chunks).map((chunk, index) => `${lead} ${index + 1}/${chunks.length}: ${chunk}`);
}

function cut(body: string, capacity: number): string[] {
  const chunks: string[] = [];
  let rest = body;
  while (rest.length > capacity) {
    const space = rest.lastIndexOf(' ', capacity);
    const end = space > 0 ? space : wholeCharacters(rest, capacity);
    chunks.push(rest.slice(0, end));
    rest = rest.slice(space > 0 ? end + 1 : end);
  }
  return [...chunks, rest];
}

/** The same place, or one before it where it would divide a surrogate pair. */
function wholeCharacters(text: string, end: number): number {
  return (text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end;
}

function requote(chunks: readonly string[]): string[] {
  let isOpen = false;
  return chunks.map((chunk) => {
    const start = isOpen ? '"' : '';
    isOpen = (chunk.split('"').length % 2 === 0) !== isOpen;
    return `${start}${chunk}${isOpen ? '"' : ''}`;
  });
}

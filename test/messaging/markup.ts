import { Parser } from 'htmlparser2';

/** What a reader sees of HTML, or hears of TwiML, and the names of the elements. Throws for XML that is not well-formed. */
export function seenOf(markup: string, { isXml }: { isXml: boolean }): { text: string; elements: string[] } {
  if (isXml) expectWellFormed(markup);
  const elements = new Set<string>();
  let text = '';
  const parser = new Parser(
    {
      onopentag: (name) => elements.add(name),
      ontext: (data) => {
        text += data;
      },
      onclosetag: () => {
        text += ' ';
      },
    },
    { xmlMode: isXml, decodeEntities: true },
  );
  parser.end(markup);
  return { text, elements: [...elements] };
}

/** Every element is closed in its place, and every `&` begins an entity. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  for (const [, slash, name = '', end] of xml.replace(/<\?xml.*?\?>/, '').matchAll(/<(\/?)([\w:-]*)[^<>]*?(\/?)>/g)) {
    if (slash === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> stands in a wrong place`);
    } else if (end !== '/') open.push(name);
  }
  if (open.length > 0) throw new Error(`<${open.join('> <')}> not closed`);
  if (/&(?!(amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/.test(xml)) throw new Error('A bare &');
}

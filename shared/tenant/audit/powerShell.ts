/** A text as PowerShell reads it, in single quotes: `'O''Brien'`. Typographic quotes end a text too, and are doubled. */
export function psText(text: string): string {
  return `'${text.replace(/['‘’‚‛]/g, '$&$&').replace(/[\r\n]+/g, ' ')}'`;
}

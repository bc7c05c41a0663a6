import { Buffer, isUtf8 } from 'node:buffer';

/**
 * The bytes of a file that PowerShell wrote, as UTF-8 without a byte order mark. Windows PowerShell 5.1 writes UTF-16 by
 * default, PowerShell 7 UTF-8 (about_Character_Encoding). `problem` goes on after the name of the file.
 */
export function toUtf8(bytes: Buffer): { utf8: Buffer } | { problem: string } {
  const encoding = utf16Of(bytes);
  if (encoding !== null) {
    if (bytes.length % 2 !== 0) return { problem: 'is cut off within a character' };
    return { utf8: Buffer.from(new TextDecoder(encoding).decode(bytes)) };
  }
  const utf8 = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  if (!isUtf8(utf8)) return { problem: 'is neither UTF-8 nor UTF-16: write it with -Encoding utf8' };
  return { utf8 };
}

/** By its byte order mark, or by the zero beside the first character, which JSON has in ASCII. */
function utf16Of(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== undefined && first !== 0 && second === 0) return 'utf-16le';
  return first === 0 && second !== undefined && second !== 0 ? 'utf-16be' : null;
}

import { readEmergencyMessage } from '../shared/emergency/readEmergencyMessage.ts';
import type { EmergencyReading, ReaderOptions } from '../shared/emergency/reading.ts';
import { captureRules } from './captureRules.ts';
import { type Redaction, redact } from './redact.ts';

/** Where a capture goes, and where the command speaks. */
export interface CaptureOutput {
  /** Writes the capture; throws when it would overwrite something. */
  write(json: string): Promise<void>;
  report(line: string): void;
}

/** What was given cannot be captured; the message says why, in an administrator's words. */
export class CaptureInputError extends Error {
  override readonly name = 'CaptureInputError';
}

/**
 * Turns the JSON of a chat message into one without personal data, and reports what was replaced and what the reader
 * makes of both. Returns the exit code: 0, or 1 when the two are not read alike, or when something personal was left:
 * then nothing is written. Throws a {@link CaptureInputError} for what is no chat message.
 */
export async function captureCommand(source: string, options: ReaderOptions, output: CaptureOutput): Promise<0 | 1> {
  const message = parseMessage(source);
  const redaction = redact(message, captureRules(options));
  reportReplaced(redaction, output);
  if (Object.keys(redaction.survivors).length > 0) {
    output.report(
      `Not written: values of the original are still in it (${listCounts(redaction.survivors)}). Please tell us.`,
    );
    return 1;
  }
  const isSame = reportReadings(
    readEmergencyMessage(message, options),
    readEmergencyMessage(redaction.message, options),
    output,
  );
  await output.write(`${JSON.stringify(redaction.message, null, 2)}\n`);
  output.report('Read the capture before you send it: no program knows every name.');
  return isSame ? 0 : 1;
}

function parseMessage(source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(source.replace(/^\ufeff/, ''));
  } catch {
    // The parser's message quotes the text, which is personal.
    throw new CaptureInputError('The input is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CaptureInputError('The input must be one chat message: a JSON object.');
  }
  const message = value as Record<string, unknown>;
  if (Array.isArray(message.value)) {
    throw new CaptureInputError('The input is a list of messages or notifications: give one chat message of it.');
  }
  if (!('body' in message) && !('messageType' in message)) {
    throw new CaptureInputError('The input is no chat message: it has neither a body nor a messageType.');
  }
  return message;
}

function reportReplaced({ replaced }: Redaction, output: CaptureOutput): void {
  output.report(`Replaced: ${listCounts(replaced) || 'nothing'}`);
}

function listCounts(counts: Partial<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => (count ?? 0) > 0)
    .map(([kind, count]) => `${count} × ${kind}`)
    .join(', ');
}

/** Says what the reader makes of both; true when it is the same. */
function reportReadings(original: EmergencyReading, redacted: EmergencyReading, output: CaptureOutput): boolean {
  const [before, after] = [describe(original), describe(redacted)];
  output.report(`Original: ${before}`);
  output.report(`Capture:  ${after}`);
  if (before === after) return true;
  output.report('The capture is NOT read as the original is: it does not show what we need to see. Please tell us.');
  return false;
}

function describe(reading: EmergencyReading): string {
  const known = Object.entries(reading.facts).flatMap(([fact, value]) => (value === null ? [] : [fact]));
  const isTest = reading.isTest ? ', a test' : '';
  return `${reading.verdict} (${reading.confidence}${isTest}), language ${reading.language ?? 'unknown'}, facts: ${known.join(', ') || 'none'}`;
}

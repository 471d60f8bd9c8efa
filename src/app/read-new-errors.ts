import { errnoFromText } from '../kernel/errno-from-text.ts';
import { readProgramWords } from '../playbook/judge/program-words.ts';

/** What the log of a new instance says since its start. */
export interface NewErrors {
  /** A line in which a runtime, a loader or an emulator says that a program could not be started; null when there is none. */
  readonly refusal: string | null;
  /** Lines of the program itself that speak of an error, oldest first. */
  readonly errors: readonly string[];
}

/** Words by which programs of every language mark what went wrong. */
const ERROR_WORDS = /\b(?:error|fatal|panic|critical|exception|traceback|segmentation fault|core dumped)\b/i;

/** Reads the lines for errors that are not among those of the instance before it, which were there already. */
export function readNewErrors(lines: readonly string[], before: readonly string[]): NewErrors {
  const known = new Set(before.map(withoutNumbers));
  const isNew = (line: string) => !known.has(withoutNumbers(line));
  const refusal = lines.find((line) => isRefusal(line)) ?? null;
  return { refusal, errors: lines.filter((line) => ERROR_WORDS.test(line) && !isRefusal(line) && isNew(line)) };
}

/** A refusal counts even if it was there before: it is what the swap was to end. */
function isRefusal(line: string): boolean {
  return errnoFromText(line) !== null || readProgramWords({ lines: [line], truncated: false }) !== null;
}

/** Times, ids and counts differ from line to line of the same message. */
function withoutNumbers(line: string): string {
  return line.replace(/[0-9a-f]{8,}|\d+/gi, '#');
}

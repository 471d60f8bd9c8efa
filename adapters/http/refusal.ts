import { redact } from '../../src/view/redact.ts';
import type { Question } from './exchange.ts';
import type { Reply } from './reply.ts';

/** An answer that is no success, and what was asked. */
export interface Refusal {
  readonly reply: Reply;
  /** As far as it is of use. */
  readonly body: string;
  readonly question: Question;
  readonly hasToken: boolean;
  readonly now: Date;
}

const LONGEST_WORDS = 200;

/** A server's own words to go on a sentence with, `: Reference not found`: one line, cut, secrets taken out; empty when it said none. */
export function quoteWords(words: string | null): string {
  if (!words) return '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing of the kind belongs into a message
  const plain = redact(words.replace(/[\u0000-\u001f\u007f]+/g, ' ')).trim();
  return `: ${plain.length > LONGEST_WORDS ? `${plain.slice(0, LONGEST_WORDS - 1)}…` : plain}`.replace(/\.$/, '');
}

import { canonicalJson } from '../../approval/canonical-json.ts';
import type { ChainedEvent, Sha256 } from '../chain.ts';
import type { ThreadMessages } from '../thread-message.ts';

/** The name and version of the data in a transcript. A change that old programs cannot read takes the next number. */
export const DATA_FORMAT = 'execfmt-transcript/1';

/** What every transcript carries, whatever its format, so that it can be checked offline. */
export interface TranscriptData {
  readonly format: typeof DATA_FORMAT;
  /** Of the program that wrote it: another one may word things differently. */
  readonly version: string;
  readonly run: string;
  /** The last link of the chain. */
  readonly head: string;
  /** Binds what the chain does not cover: the version and the messages of the thread. Anyone can make one: it finds accidents. */
  readonly seal: string;
  /** Outside the chain. */
  readonly thread: ThreadMessages;
  readonly events: readonly ChainedEvent[];
}

/** SHA-256 over what stands beside the events. */
export function sealOf(
  { version, head, thread }: Pick<TranscriptData, 'version' | 'head' | 'thread'>,
  sha256: Sha256,
): string {
  return sha256(canonicalJson({ head, thread, version }));
}

/**
 * The data as JSON, one event on a line, so that a difference can be named by its line. What HTML or Markdown could take for
 * markup is written as an escape: the same text can stand in a script element, in a fenced block and in a file of its own.
 */
export function writeData({ events, ...rest }: TranscriptData, more: Readonly<Record<string, unknown>> = {}): string {
  const members = Object.entries({ ...rest, ...more }).map(([name, value]) => `"${name}": ${inert(value)}`);
  return ['{', ...members.map((member) => `${member},`), '"events": [', events.map(inert).join(',\n'), ']', '}'].join(
    '\n',
  );
}

function inert(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

import { firstBrokenLink, type Sha256 } from '../chain.ts';
import { readTranscript } from './read-transcript.ts';
import { renderTranscript } from './render-transcript.ts';
import type { TranscriptData } from './transcript-data.ts';

/** What checking a file found. */
export type Verification =
  | { readonly kind: 'whole'; readonly run: string; readonly head: string; readonly events: number }
  /** Sentences: which event, which line. */
  | { readonly kind: 'differs'; readonly differences: readonly string[] }
  | { readonly kind: 'no-transcript' };

/** How much of a line is shown, and how much of that stands before the difference. Characters. */
const SHOWN = 120;
const LEAD = 40;

/**
 * Checks a transcript offline: the hash chain over the events in the file, and the whole file against what is written from these
 * events, so that a change of either is found. It cannot find a file that was written anew as a whole: for that, the head is
 * compared with the one in the chat. `version` is of the program that checks.
 */
export function verifyTranscript(file: string, version: string, sha256: Sha256): Verification {
  const unix = file.replaceAll('\r\n', '\n');
  if (unix !== file && verifyTranscript(unix, version, sha256).kind === 'whole')
    return { kind: 'differs', differences: ['The line endings were changed to CR LF. The rest is as it was written.'] };
  const read = readTranscript(file);
  if (read.kind === 'no-transcript') return read;
  if (read.kind === 'damaged') return { kind: 'differs', differences: [`The file is damaged: ${read.why}.`] };
  const { data, format } = read;
  const broken = firstBrokenLink(data.run, data.events, sha256);
  const differences = broken
    ? [
        `Event ${data.events.indexOf(broken) + 1} (${String(broken.fact.type)}) is not what was recorded, or an event before it is missing.`,
      ]
    : [];
  const written = rewrite(() => renderTranscript(data, format, sha256));
  if (written === null)
    differences.push('The events in the file are not those of a run that this version of execfmt knows.');
  else if (written !== file) differences.push(...tellDifference(file, written, data, version));
  if (differences.length > 0) return { kind: 'differs', differences };
  return { kind: 'whole', run: data.run, head: data.head, events: data.events.length };
}

/** Events that were forged, or made by a later version, may have any shape: what cannot be written differs. */
function rewrite(write: () => string): string | null {
  try {
    return write();
  } catch {
    return null;
  }
}

function tellDifference(file: string, written: string, data: TranscriptData, version: string): readonly string[] {
  const there = file.split('\n');
  const expected = written.split('\n');
  const at = expected.findIndex((line, index) => line !== there[index]);
  const index = at < 0 ? expected.length : at;
  const [has, says] = aroundDifference(there[index], expected[index]);
  const found = [`Line ${index + 1} differs. The file has: ${has}. The events say: ${says}.`];
  if (data.version !== version)
    found.push(
      `The file was written by execfmt ${data.version} and this is ${version}, which may word things differently: check it with that version.`,
    );
  return found;
}

/** Two lines from shortly before the place where they differ, cut. */
function aroundDifference(one: string | undefined, other: string | undefined): readonly [string, string] {
  let column = 0;
  while (one !== undefined && column < one.length && one[column] === other?.[column]) column += 1;
  const from = Math.max(0, column - LEAD);
  const show = (line: string | undefined) => {
    if (line === undefined) return 'nothing';
    const part = line.slice(from, from + SHOWN).toWellFormed();
    return line === '' ? 'an empty line' : `${from > 0 ? '…' : ''}${part}${line.length > from + SHOWN ? '…' : ''}`;
  };
  return [show(one), show(other)];
}

import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Outcome } from '../kernel/outcome.ts';
import { predictOne } from './predict-one.ts';
import { createRequestReader } from './predict-request.ts';
import { createRootFileSystems } from './root-file-systems.ts';
import { type Line, splitLines } from './split-lines.ts';

const LONGEST_LINE = 1024 * 1024;

/** The contract's answer to one case. */
export function answerOf(outcome: Outcome) {
  const { outcome: kind, culprit, errno, exit, fault, because } = outcome;
  return { outcome: kind, culprit, errno, exit, fault, because };
}

/** Answers each line of JSON with one line of JSON, in order; a bad line with its `id` and an `error`. */
export async function predictBatch(input: AsyncIterable<Uint8Array>, output: Writable): Promise<void> {
  const roots = createRootFileSystems();
  const read = createRequestReader();
  const answer = (line: Line): string => {
    let id: unknown = null;
    try {
      if (line === null) throw new Error(`the line is longer than ${LONGEST_LINE} bytes`);
      const value: unknown = JSON.parse(line);
      id = idOf(value);
      const request = read(value);
      return JSON.stringify({ id, ...answerOf(predictOne(roots.open(request.rootfs), request)) });
    } catch (error) {
      return JSON.stringify({ id, error: error instanceof Error ? error.message : String(error) });
    }
  };
  try {
    for await (const lines of splitLines(input, LONGEST_LINE)) {
      if (lines.length === 0) continue;
      if (!output.write(`${lines.map(answer).join('\n')}\n`)) await once(output, 'drain');
    }
  } finally {
    roots.close();
  }
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
}

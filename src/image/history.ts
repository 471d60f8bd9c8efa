import { asList, asObject, asText } from './json-values.ts';
import { oneLine } from './one-line.ts';

/**
 * One step of an image's history (OCI image-spec config.md). Of the command only the instruction is kept, and of COPY and
 * ADD where they put their files: the rest holds the values of build arguments and variables.
 */
export interface HistoryStep {
  readonly createdAt: string | null;
  /** `RUN`, `COPY`, …; null when it was not made by a Dockerfile. */
  readonly instruction: string | null;
  readonly destination: string | null;
  /** Whether it made no layer. The others stand for the layers, lowest first. */
  readonly empty: boolean;
}

const MOST_STEPS = 1000;
const LONGEST_COMMAND = 64 * 1024;
const LONGEST_DESTINATION = 256;
const INSTRUCTION =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?=\s|$)/;

/** Reads the history of a configuration, lowest step first; at most 1,000 of them. */
export function readHistory(history: unknown): readonly HistoryStep[] {
  return asList(history)
    .slice(0, MOST_STEPS)
    .map((value) => {
      const step = asObject(value) ?? {};
      const command = (asText(step.created_by) ?? '').slice(0, LONGEST_COMMAND);
      const instruction = instructionOf(command);
      const destination = instruction === 'COPY' || instruction === 'ADD' ? destinationOf(command) : null;
      return { createdAt: oneLine(asText(step.created)), instruction, destination, empty: step.empty_layer === true };
    });
}

/** The classic builder writes `/bin/sh -c #(nop) COPY …` and for RUN just the command; BuildKit writes the instruction. */
function instructionOf(command: string): string | null {
  const [, marked] = /^\S+ -c #\(nop\)\s*(.*)$/s.exec(command) ?? [];
  const named = INSTRUCTION.exec(marked ?? command)?.[0];
  if (named !== undefined) return named;
  return marked === undefined && /^(?:\|\d+ |\/bin\/\w*sh -c )/.test(command) ? 'RUN' : null;
}

const BUILDKIT_MARK = '# buildkit';

/** No patterns here: over a long run of blanks they would take time by its square. */
function destinationOf(command: string): string | null {
  const whole = command.trimEnd();
  const plain = whole.endsWith(BUILDKIT_MARK) ? whole.slice(0, -BUILDKIT_MARK.length).trimEnd() : whole;
  const last = plain.slice(Math.max(plain.lastIndexOf(' '), plain.lastIndexOf('\t')) + 1);
  return /^[\w./-]+$/.test(last) && last.length <= LONGEST_DESTINATION ? last : null;
}

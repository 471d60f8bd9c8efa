import type { LogTail } from '../../../src/playbook/evidence.ts';
import { redactEnvironment } from '../../../src/playbook/redact-environment.ts';
import type { Engine } from './engine.ts';
import { commandOf } from './inspect-instance.ts';
import { readContainer } from './read-container.ts';

const LINES_CAP = 1_000;
const LINE_CAP = 2_000;
const BYTES_CAP = 64 * 1024;
/** Of what is read at all to find the tail: a thousand lines can be of any length. */
const READ_CAP = 8 * 1024 * 1024;

/**
 * The last lines of a container's log, standard output and error in the order the engine gives them, oldest first: at most
 * 64 KiB and 2,000 characters a line, the container's environment values hidden. Rejects with ProbeError.
 */
export async function readLog(engine: Engine, container: string, lines: number, signal: AbortSignal): Promise<LogTail> {
  const document = await readContainer(engine, container, signal);
  const tail = Math.max(1, Math.min(LINES_CAP, Math.trunc(lines)));
  const query = { stdout: '1', stderr: '1', tail: String(tail) };
  const path = `/containers/${document.Id}/logs`;
  const assembler = createLineAssembler(document.Config?.Tty ?? false);
  const cut = await engine.open({ method: 'GET', path, query }, signal, async (answer) => {
    let read = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > READ_CAP) return true;
      assembler.add(chunk);
    }
    return false;
  });
  return tailOf(assembler.end(), tail, cut, redactEnvironment(document.Config?.Env, commandOf(document)));
}

function tailOf(lines: readonly string[], wanted: number, cut: boolean, redact: (text: string) => string): LogTail {
  const kept: string[] = [];
  let bytes = 0;
  let truncated = cut;
  for (const line of lines.slice(-wanted).reverse()) {
    // Hidden before it is cut, or half of a value would remain at the cut.
    const text = redact(line);
    const short = text.length > LINE_CAP ? text.slice(0, LINE_CAP) : text;
    if (short !== text) truncated = true;
    bytes += Buffer.byteLength(short) + 1;
    if (bytes > BYTES_CAP) return { lines: kept.reverse(), truncated: true };
    kept.push(short);
  }
  return { lines: kept.reverse(), truncated };
}

interface LineAssembler {
  add(chunk: Buffer): void;
  /** All lines, in the order in which they were ended. */
  end(): string[];
}

const HEADER = 8;

/**
 * Makes lines out of the engine's log stream: raw with a terminal, else frames of `[stream, 0, 0, 0, length (big endian)]`
 * and payload (Engine API, "Attach to a container": stream format).
 */
export function createLineAssembler(tty: boolean): LineAssembler {
  const lines: string[] = [];
  const open = new Map<number, Buffer>();
  let waiting = Buffer.alloc(0);

  const take = (stream: number, payload: Buffer) => {
    let rest = Buffer.concat([open.get(stream) ?? Buffer.alloc(0), payload]);
    for (let at = rest.indexOf(0x0a); at >= 0; at = rest.indexOf(0x0a)) {
      lines.push(textOf(rest.subarray(0, at)));
      rest = rest.subarray(at + 1);
    }
    open.set(stream, rest);
  };

  return {
    add(chunk) {
      if (tty) return take(1, chunk);
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= HEADER) {
        const end = HEADER + waiting.readUInt32BE(4);
        if (waiting.length < end) return;
        take(waiting.readUInt8(0), waiting.subarray(HEADER, end));
        waiting = waiting.subarray(end);
      }
    },
    end() {
      for (const rest of open.values()) if (rest.length > 0) lines.push(textOf(rest));
      open.clear();
      return lines;
    },
  };
}

const textOf = (line: Buffer) => line.toString('utf8').replace(/\r+$/, '');

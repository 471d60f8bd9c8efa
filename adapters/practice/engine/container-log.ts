/** One line that a container wrote; `at` is in milliseconds since 1970. */
export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly at: number;
  readonly text: string;
}

const KEPT = 5_000;

/** The last lines of one container, and those who follow it. */
export class ContainerLog {
  #lines: LogLine[] = [];
  readonly #followers = new Set<(line: LogLine) => void>();

  write(line: LogLine): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT) this.#lines = this.#lines.slice(-KEPT);
    for (const follower of this.#followers) follower(line);
  }

  lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Is told every further line; the returned function ends that. */
  follow(follower: (line: LogLine) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}

/** A line as the engine multiplexes it: stream number, three zero bytes, length, then the line (API, "ContainerAttach"). */
export function frameOf({ stream, at, text }: LogLine, timestamps: boolean): Buffer {
  const payload = Buffer.from(`${timestamps ? `${new Date(at).toISOString()} ` : ''}${text}\n`);
  const header = Buffer.alloc(8);
  header[0] = stream === 'stdout' ? 1 : 2;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

import { spawn } from 'node:child_process';
import { waitFor } from '../lab/waiting.ts';

/** A shell that commands are typed into, as in a terminal. */
export interface Shell {
  type(text: string): void;
  /** All that was written so far, both streams. */
  output(): string;
  /** Waits until it has written that, after `from` characters. */
  says(part: string | RegExp, from?: number): Promise<string>;
  /** ^C for what runs in it, then the end. */
  close(): Promise<void>;
}

const PATIENCE_MS = 60_000;

/** Opens bash in a folder, with the environment of a person who has configured nothing. */
export function openShell(folder: string, env: Readonly<Record<string, string>> = {}): Shell {
  const { PATH, HOME } = process.env;
  const child = spawn('bash', ['--noprofile', '--norc'], {
    cwd: folder,
    env: { PATH, HOME, NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  return {
    type: (text) => void child.stdin.write(`${text}\n`),
    output: () => output,
    says: (part, from = 0) =>
      waitFor(
        `the terminal to say ${part}`,
        PATIENCE_MS,
        async () =>
          output.slice(from).search(part instanceof RegExp ? part : literal(part)) < 0 ? null : output.slice(from),
        () => output.slice(-2_000),
      ),
    async close() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      child.stdin.end();
      const late = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    },
  };
}

const literal = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

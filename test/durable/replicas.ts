import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../lab/waiting.ts';

const SCRIPT = join(import.meta.dirname, 'replica.ts');
const PATIENCE_MS = 60_000;

/** A replica as a process of its own. */
export interface Replica {
  readonly name: string;
  /** Starts an action and gives the engine's answer. */
  start(id: string, lock?: string): Promise<string>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Halts all of it, as a machine that is suspended, until it is thawed. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Several replicas over one store, with the diary in which they all tell what they do. */
export interface Replicas {
  /** `way`: the URL by which this one reaches the store, when it is not that of all. */
  begin(name: string, way?: string): Promise<Replica>;
  /** All lines of the diary. */
  diary(): string[];
  /** Waits for a line and gives it. */
  line(part: string): Promise<string>;
  cleanUp(): Promise<void>;
}

export function createReplicas(url: string): Replicas {
  const folder = mkdtempSync(join(tmpdir(), 'execfmt-replicas-'));
  const file = join(folder, 'diary');
  const children: ChildProcessWithoutNullStreams[] = [];
  let errors = '';
  const diary = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
  return {
    diary,
    line: (part) =>
      waitFor(
        `the diary to say ${part}`,
        PATIENCE_MS,
        async () => diary().find((line) => line.includes(part)),
        () => `${diary().join('\n')}\n${errors}`,
      ),
    async begin(name, way = url) {
      const child = spawn(process.execPath, [SCRIPT, way, file, name], { stdio: 'pipe' });
      children.push(child);
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      const said = (start: string, from = 0) =>
        waitFor(
          `${name} to say ${start}`,
          PATIENCE_MS,
          async () =>
            output
              .slice(from)
              .split('\n')
              .find((line) => line.startsWith(start)),
          () => errors,
        );
      const end = async (signal: NodeJS.Signals | null) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        if (signal) child.kill(signal);
        else child.stdin.write('stop\n');
        await ended;
      };
      await said('ready');
      return {
        name,
        async start(id, lock = id) {
          const from = output.length;
          child.stdin.write(`start ${id} ${lock}\n`);
          return (await said(`${id} `, from)).split(' ')[1] ?? '';
        },
        kill: () => end('SIGKILL'),
        freeze: () => void child.kill('SIGSTOP'),
        thaw: () => void child.kill('SIGCONT'),
        stop: () => end(null),
      };
    },
    async cleanUp() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(
        children.map((child) => child.exitCode === null && child.signalCode === null && once(child, 'exit')),
      );
      rmSync(folder, { recursive: true });
    },
  };
}

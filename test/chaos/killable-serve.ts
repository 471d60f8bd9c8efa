import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../lab/waiting.ts';

/** Many of them start at once, on a machine that may be busy. */
const READY_MS = 120_000;
const ROOT = resolve(import.meta.dirname, '../..');

/** When a process is killed: at the n-th time that it is about to commit or has committed to its store, or after a time. */
export type Kill =
  | { readonly at: 'commit'; readonly n: number }
  | { readonly at: 'time'; readonly ms: number }
  | { readonly at: 'never' };

/** A real `execfmt serve` that can be killed at an exact point. */
export interface KillableServe {
  readonly url: string;
  /** Everything that all its processes have written. */
  output(): string;
  /** Starts a process. It is ready, or was killed before it was: `false`. */
  start(kill: Kill): Promise<boolean>;
  /** From now on the points are counted anew, for this way of dying. */
  arm(kill: Kill): void;
  /** From now on it lives. */
  spare(): void;
  /** How often it came to such a point since it was armed. */
  points(): number;
  alive(): boolean;
  /** Resolves when the process has ended. */
  ended(): Promise<void>;
  /** kill -9 */
  kill(): void;
}

/** Prepares `execfmt serve` with a configuration file that listens on a port. */
export function killableServe(configuration: string, port: number): KillableServe {
  const url = `http://127.0.0.1:${port}`;
  const { PATH, HOME } = process.env;
  const preload = join(import.meta.dirname, 'report-commits.ts');
  const args = ['--import', preload, join(ROOT, 'src/main.ts'), 'serve', '--config', configuration];
  let output = '';
  let child: ChildProcess | null = null;
  let ended: Promise<void> = Promise.resolve();
  let plan: Kill = { at: 'never' };
  let points = 0;

  let doomed = false;

  const alive = () => !doomed && child !== null && child.exitCode === null && child.signalCode === null;
  const kill = () => {
    doomed = true;
    child?.kill('SIGKILL');
  };
  const arm = (next: Kill) => {
    plan = next;
    points = 0;
    const armed = child;
    if (next.at === 'time') void sleep(next.ms).then(() => plan === next && armed === child && kill());
  };
  const follow = (reports: Readable, permits: Writable) => {
    permits.on('error', () => undefined);
    reports.on('data', (said: Buffer) => {
      points += said.length;
      if (plan.at === 'commit' && points >= plan.n) kill();
      else permits.write(Buffer.alloc(said.length, 'g'));
    });
  };
  return {
    url,
    output: () => output,
    arm,
    spare: () => {
      plan = { at: 'never' };
    },
    points: () => points,
    alive,
    ended: () => ended,
    kill,
    async start(next) {
      await ended;
      doomed = false;
      const before = output.length;
      child = spawn(process.execPath, args, {
        env: { PATH, HOME, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      });
      const started = child;
      ended = new Promise((done) => started.once('close', () => done()));
      for (const stream of [started.stdout, started.stderr])
        stream?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      follow(started.stdio[3] as Readable, started.stdio[4] as Writable);
      arm(next);
      const said = () => output.slice(before);
      const look = async () => {
        if (said().includes('execfmt is ready')) return true;
        if (alive()) return null;
        if (doomed) return false;
        throw new Error(`execfmt serve ended with ${started.exitCode}:\n${said()}`);
      };
      return waitFor('execfmt serve to be ready', READY_MS, look, () => `${points} points so far.\n${said()}`);
    },
  };
}

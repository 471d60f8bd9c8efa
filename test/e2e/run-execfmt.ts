import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { waitFor } from '../lab/waiting.ts';

const LAUNCHER = resolve(import.meta.dirname, '../../src/cli/execfmt.js');
const COMMAND_MS = 120_000;

/** An environment without anything that configures execfmt, but for what is given. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, NO_COLOR: '1', ...extra };
}

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end, as a person would, through the launcher that is the package's `bin`. */
export function runExecfmt(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: environment(options.env ?? {}),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: COMMAND_MS,
  });
  child.stdin.end(options.input ?? '');
  const out = collect(child);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (status) => done({ status, stdout: out.stdout(), stderr: out.stderr() }));
  });
}

function collect(child: ChildProcess) {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  return {
    stdout: () => Buffer.concat(chunks.stdout).toString(),
    stderr: () => Buffer.concat(chunks.stderr).toString(),
  };
}

/** A running `execfmt serve` in a folder of its own, which is also its working directory. */
export interface Serving {
  readonly folder: string;
  readonly url: string;
  /** What it has written so far, both streams. */
  output(): string;
  /** Ends it as an operator would; gives its exit status. */
  stop(): Promise<number | null>;
  /** SIGHUP: read the configuration again. */
  hangUp(): void;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again in the same folder, after `stop` or `kill`. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

export interface ServeOptions {
  /** YAML without `chat`, `store` and `verification`; null for no configuration at all. */
  readonly configuration: string | null;
  readonly env?: Readonly<Record<string, string>>;
  /** More YAML for `chat.web`, such as who may sign in. */
  readonly web?: string;
  /** How long a new container must run before a rollback counts; short, as the test's programs either run or do not. */
  readonly stableFor?: string;
  /** The SQLite file; in the folder when absent. */
  readonly store?: string;
  /** The program that it is started by, such as one that enters a control group and then executes its arguments. */
  readonly startedBy?: readonly string[];
}

/** Starts `execfmt serve` as a process of its own and waits until it says that it is ready. */
export async function startServe(options: ServeOptions): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), 'execfmt-serve-'));
  const port = options.configuration === null ? 3000 : await freePort();
  const args = ['serve'];
  if (options.configuration !== null) {
    const own = `chat: { web: { listen: "127.0.0.1:${port}"${options.web ? `, ${options.web}` : ''} }, slack: {} }\nstore: "sqlite:${options.store ?? './data/execfmt.db'}"\nverification: { stableFor: ${options.stableFor ?? '2s'}, timeout: 60s }\n`;
    writeFileSync(join(folder, 'execfmt.yaml'), `${options.configuration}\n${own}`);
    args.push('--config', join(folder, 'execfmt.yaml'));
  }
  let child: ChildProcess;
  let output = '';
  const begin = async () => {
    const [program = '', ...rest] = [...(options.startedBy ?? []), process.execPath, LAUNCHER, ...args];
    child = spawn(program, rest, {
      cwd: folder,
      env: environment(options.env ?? {}),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const before = output.length;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await waitFor('execfmt serve to be ready', 30_000, async () => {
      if (child.exitCode !== null) throw new Error(`execfmt serve ended with ${child.exitCode}:\n${output}`);
      return output.slice(before).includes('execfmt is ready') || null;
    });
  };
  const end = (signal: NodeJS.Signals, wholeGroup: boolean): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
    const ended = new Promise<number | null>((done) => child.once('close', done));
    if (wholeGroup && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
    return ended;
  };
  await begin();
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    stop: () => end('SIGTERM', false),
    hangUp: () => void child.kill('SIGHUP'),
    async kill() {
      await end('SIGKILL', true);
    },
    restart: begin,
    async remove() {
      await end('SIGKILL', true);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port of loopback that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

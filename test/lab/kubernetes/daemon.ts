import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { lastLines, waitFor } from '../waiting.ts';

/** A program of the lab that runs until it is told to end; it dies with our process, however that dies. */
export interface Daemon {
  /** Its last words, for an error message. */
  evidence(): string;
  /** Throws when it has ended by itself. */
  check(): void;
  /** Kills it and waits. Repeatable. */
  stop(): Promise<void>;
}

export interface DaemonOptions {
  readonly folder: string;
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
}

export function startDaemon({ folder, name, command, args, env = {} }: DaemonOptions): Daemon {
  const log = join(folder, `${name}.log`);
  const out = openSync(log, 'a');
  const child: ChildProcess = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
    cwd: folder,
    stdio: ['ignore', out, out],
    env: { PATH: process.env.PATH, HOME: folder, ...env },
  });
  let problem = '';
  child.on('error', (error) => {
    problem = error.message;
  });
  const ended = () => problem !== '' || child.exitCode !== null || child.signalCode !== null;
  const evidence = () => `${name}: ${problem}\n${lastLines(log)}`;
  return {
    evidence,
    check() {
      if (ended()) throw new Error(`${name} has ended. ${evidence()}`);
    },
    async stop() {
      child.kill('SIGKILL');
      await waitFor(`${name} to end`, 20_000, async () => (ended() ? true : null));
    },
  };
}

/** Ports of 127.0.0.1 that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

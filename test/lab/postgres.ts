import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { createScratchFolder, RUN_FOLDER, removeLabFolder } from './lab-folder.ts';
import { lastLines, waitFor } from './waiting.ts';

/** Where Debian and Ubuntu keep the server's programs, a folder for each major version. */
const VERSIONS = '/usr/lib/postgresql';

/** The server refuses to run as root; nobody (65534 on Debian) has an entry in passwd, which initdb needs. */
const NOBODY = 65534;

const isRoot = () => process.getuid?.() === 0;

/** A real PostgreSQL of the distribution, with its own data, socket and port; it trusts every local connection. */
export interface LabPostgres {
  /** The URL of a database on it. */
  url(database: string): string;
  /** Makes an empty database, or a copy of another one, and gives its URL. */
  createDatabase(name: string, copyOf?: string): Promise<string>;
  /** Runs one statement in a database, as the superuser. */
  query(database: string, sql: string): Promise<Record<string, unknown>[]>;
  /** Ends the server: `fast` closes connections and writes all down, `crash` is kill -9 of all its processes. */
  halt(how: 'fast' | 'crash'): Promise<void>;
  /** Starts it again on the same port with the same data. */
  resume(): Promise<void>;
  /** Ends it and removes its data. Repeatable. */
  stop(): Promise<void>;
}

/** The folder with `initdb` and `postgres` of the newest installed version; null when there is none. */
export function postgresPrograms(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const newest = readdirSync(VERSIONS)
    .filter((version) => existsSync(join(VERSIONS, version, 'bin/initdb')))
    .sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(VERSIONS, newest, 'bin');
}

/**
 * Starts one and resolves when it answers; rejects with its last log lines after 30 s. It dies with our process.
 * `durable`: writes reach the disk, for tests that crash the server; others are quicker without.
 */
export async function startPostgres({ durable }: { durable: boolean }): Promise<LabPostgres> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error('PostgreSQL is not installed: sudo npm run lab:install');
  const folder = createScratchFolder('postgres');
  const data = join(folder, 'data');
  const log = join(folder, 'log');
  makeCluster(programs, folder, data, durable);
  const port = await freePort();
  const url = (database: string) => `postgres://lab@127.0.0.1:${port}/${database}`;
  const query = async (database: string, sql: string) => {
    const client = new pg.Client({ connectionString: url(database), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  let server: ChildProcess | null = null;
  const resume = async () => {
    const out = openSync(log, 'a');
    const started = spawnAsUser([join(programs, 'postgres'), '-D', data, '-p', String(port)], out);
    server = started;
    await waitFor(
      'PostgreSQL to answer',
      30_000,
      async () => {
        if (hasEnded(started)) throw new Error(`PostgreSQL ended.\n${lastLines(log)}`);
        return query('postgres', 'SELECT 1').catch(() => null);
      },
      () => lastLines(log),
    );
  };
  const halt = async (how: 'fast' | 'crash') => {
    const running = server;
    if (running === null || hasEnded(running)) return;
    const children = childrenOf(running.pid);
    running.kill(how === 'crash' ? 'SIGKILL' : 'SIGINT');
    if (how === 'crash') for (const pid of children) killIfThere(pid);
    await waitFor('PostgreSQL to end', 30_000, async () => (hasEnded(running) ? true : null));
  };
  const stop = async () => {
    await halt('crash');
    removeLabFolder(folder);
  };
  try {
    await resume();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    query,
    halt,
    resume,
    stop,
    async createDatabase(name, copyOf = 'template1') {
      await query('postgres', `CREATE DATABASE "${name}" TEMPLATE "${copyOf}"`);
      return url(name);
    },
  };
}

function makeCluster(programs: string, folder: string, data: string, durable: boolean): void {
  mkdirSync(data, { mode: 0o700 });
  if (isRoot()) {
    for (const path of [folder, data]) chownSync(path, NOBODY, NOBODY);
    // The run's folder is root's alone; the server has to get through it to its own.
    const run = process.env[RUN_FOLDER];
    if (run !== undefined) chmodSync(run, 0o711);
  }
  const initdb = [
    join(programs, 'initdb'),
    '-D',
    data,
    '-U',
    'lab',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  const [program = '', ...args] = asUser(initdb);
  execFileSync(program, args, { cwd: folder, timeout: 60_000, stdio: 'pipe' });
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: '200',
    fsync: durable ? 'on' : 'off',
    logging_collector: 'off',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  writeFileSync(join(data, 'postgresql.auto.conf'), `${lines.join('\n')}\n`);
}

const asUser = (command: readonly string[]) => [
  'setpriv',
  ...(isRoot() ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : []),
  '--pdeathsig=QUIT',
  ...command,
];

function spawnAsUser(command: readonly string[], out: number): ChildProcess {
  const [program = '', ...args] = asUser(command);
  const child = spawn(program, args, {
    cwd: '/',
    stdio: ['ignore', out, out],
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
  });
  child.on('error', () => undefined);
  return child;
}

const hasEnded = (child: ChildProcess) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** Linux lists the children of a process's main thread (proc_pid_task(5)). */
function childrenOf(pid: number | undefined): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

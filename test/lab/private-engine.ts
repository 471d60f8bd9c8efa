import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { basename, join } from 'node:path';
import { claimNetwork, type EngineNetwork, releaseNetwork } from './engine-network.ts';
import {
  abandonedFolders,
  createLabFolder,
  isAlive,
  markOf,
  type ProcessMark,
  processFields,
  removeLabFolder,
} from './lab-folder.ts';
import { lastLines, waitFor } from './waiting.ts';

/** A Docker engine of our own. */
export interface PrivateEngine {
  /** Path of its unix socket. */
  readonly socket: string;
  readonly folder: string;
  readonly network: EngineNetwork;
  /** Kills it with all its containers at once, as when the machine loses its power; its data stay. */
  crash(): void;
  /** Starts it again on the same data, after `crash`. */
  restart(): Promise<void>;
  /** Ends it with everything that it started, synchronously, so that it can be called on a signal too. Repeatable. */
  stop(): void;
}

export interface PrivateEngineOptions {
  /** Of daemon.json. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Its data lie on a disk of this many bytes, which is gone with a crash; otherwise in the temporary folder. */
  readonly diskBytes?: number;
}

/** What a later run needs to take an engine down whose owner was killed. */
interface EngineState {
  readonly network: EngineNetwork;
  readonly init?: ProcessMark;
}

/**
 * The engine lives in PID and mount namespaces of its own under a shell as their init: when that is killed the kernel
 * kills dockerd, containerd, the shims and all containers, and drops every mount; and it is killed when our process
 * dies, however it dies. The tmpfs keeps the shims' sockets, whose place containerd does not let us choose.
 */
const INIT =
  'mkdir -p /run/containerd && mount -t tmpfs -o mode=711 tmpfs /run/containerd; if [ -n "$DISK_BYTES" ]; then mount -t tmpfs -o size="$DISK_BYTES" tmpfs "$DATA"; fi; dockerd "$@" & wait $!';
const ISOLATION = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

const cgroupOf = (folder: string) => basename(folder);

/**
 * No iptables, no masquerading, no sysctl: those are the machine's and another engine's. What a container needs from
 * outside goes through docker-proxy (published ports); containers have no way into the internet.
 */
const daemonArguments = (folder: string, { bridge, pool }: EngineNetwork) => [
  ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
  ...['--host', `unix://${join(folder, 'docker.sock')}`, '--cgroup-parent', `/${cgroupOf(folder)}`],
  ...['--config-file', join(folder, 'daemon.json'), '--exec-opt', 'native.cgroupdriver=cgroupfs'],
  ...['--bridge', bridge, '--default-address-pool', `base=${pool},size=24`],
  ...['--iptables=false', '--ip-masq=false', '--ip-forward=false'],
];

const pause = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

export function waitUntil(done: () => boolean, ms: number): boolean {
  for (let left = ms; left > 0; left -= 50) {
    if (done()) return true;
    pause(50);
  }
  return done();
}

export const childrenOf = (parent: number) =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && processFields(pid)?.[1] === String(parent));

/** Removes an empty cgroup tree of this name from every hierarchy (v1 has one for each controller). */
export function removeCgroup(name: string): void {
  const roots = ['/sys/fs/cgroup', ...foldersIn('/sys/fs/cgroup').map((folder) => `/sys/fs/cgroup/${folder}`)];
  for (const root of roots) waitUntil(() => removeTree(join(root, name)), 5_000);
}

function foldersIn(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function removeTree(path: string): boolean {
  for (const name of foldersIn(path)) removeTree(join(path, name));
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Takes down whatever of an engine is there. Repeatable. */
function dismantle(folder: string): void {
  let state: EngineState | null = null;
  try {
    state = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as EngineState;
  } catch {
    // Nothing was started yet, or it is taken down already.
  }
  if (state?.init) end(state.init);
  if (state) releaseNetwork(state.network);
  removeCgroup(cgroupOf(folder));
  removeLabFolder(folder);
}

function ping(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

function launch(folder: string, network: EngineNetwork, { diskBytes }: PrivateEngineOptions) {
  const log = openSync(join(folder, 'dockerd.log'), 'a');
  const init = ['sh', '-c', INIT, 'init', ...daemonArguments(folder, network)];
  const disk = diskBytes === undefined ? {} : { DISK_BYTES: String(diskBytes), DATA: join(folder, 'data') };
  const env = { ...process.env, ...disk };
  return spawn('setpriv', [...ISOLATION, ...init], { stdio: ['ignore', log, log], detached: true, env });
}

/** Starts the daemon in a folder that is prepared; gives its init's mark. Rejects when it does not answer. */
async function begin(folder: string, network: EngineNetwork, options: PrivateEngineOptions): Promise<ProcessMark> {
  const socket = join(folder, 'docker.sock');
  rmSync(join(folder, 'pid'), { force: true });
  const wrapper = launch(folder, network, options);
  let problem = '';
  wrapper.on('error', (error) => {
    problem = error.message;
  });
  wrapper.on('exit', () => {
    problem ||= 'dockerd ended.';
  });
  wrapper.unref();
  const evidence = () => `${problem}\n${lastLines(join(folder, 'dockerd.log'))}`;
  try {
    const ask = async () => (problem ? { dead: true } : markOf(childrenOf(wrapper.pid ?? -1)[0] ?? -1));
    const init = await waitFor('the engine to start', 10_000, ask, evidence);
    if ('pid' in init) writeState(folder, { network, init });
    const answer = async () => (problem !== '' || (await ping(socket)) ? true : null);
    await waitFor('the engine to answer', 60_000, answer, evidence);
    if (problem !== '' || !('pid' in init)) throw new Error(`The lab's engine did not start. ${evidence()}`);
    return init;
  } catch (error) {
    wrapper.kill('SIGKILL');
    dismantle(folder);
    throw error;
  }
}

const writeState = (folder: string, state: EngineState) =>
  writeFileSync(join(folder, 'state.json'), JSON.stringify(state));

/** Starts a private dockerd and resolves when it answers; rejects with its last log lines after 60 s. Needs root. */
export async function startPrivateEngine(options: PrivateEngineOptions = {}): Promise<PrivateEngine> {
  for (const abandoned of abandonedFolders('engine')) dismantle(abandoned);
  const folder = createLabFolder('engine');
  const socket = join(folder, 'docker.sock');
  if (socket.length > 80) throw new Error(`TMPDIR is too long for unix sockets: ${folder}. Set a shorter TMPDIR.`);
  const network = claimNetwork();
  writeState(folder, { network });
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'daemon.json'), JSON.stringify(options.settings ?? {}));
  let init = await begin(folder, network, options);
  return {
    socket,
    folder,
    network,
    crash: () => end(init),
    restart: async () => {
      // As after a boot: what /run told of processes is gone. A number in containerd.pid would be somebody else's by now,
      // and dockerd would wait for that one to answer.
      rmSync(join(folder, 'exec'), { recursive: true, force: true });
      init = await begin(folder, network, options);
    },
    stop: () => dismantle(folder),
  };
}

/** Kills an engine's init, and so all that it started. */
function end(init: ProcessMark): void {
  if (!isAlive(init)) return;
  process.kill(init.pid, 'SIGKILL');
  if (!waitUntil(() => !isAlive(init), 20_000)) throw new Error(`The lab's engine (pid ${init.pid}) does not die.`);
}

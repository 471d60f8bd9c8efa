import { spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { EmulatingNamespace } from './emulating-namespace.ts';
import type { LabEngine } from './engine.ts';
import { abandonedFolders, createLabFolder, removeLabFolder } from './lab-folder.ts';
import { lastLines, waitFor } from './waiting.ts';

const KIND = 'emulating';

/** `--rootless`: what only the machine's own root may do (a sysfs, control groups, devices) is done in another way. */
const INIT = `
mkdir -p /run/containerd && mount -t tmpfs -o mode=711 tmpfs /run/containerd || exit 1
exec dockerd --rootless --userland-proxy=false "$@"`;

const argumentsOf = (folder: string) => [
  ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
  ...['--host', `unix://${join(folder, 'docker.sock')}`, '--config-file', join(folder, 'daemon.json')],
  ...['--bridge', 'none', '--iptables=false', '--ip-masq=false', '--ip-forward=false'],
];

/** Starts a Docker engine whose builds and containers may be for arm64. It knows the machine's network only, and no bridge. */
export async function startEmulatingEngine(namespace: EmulatingNamespace): Promise<LabEngine> {
  for (const abandoned of abandonedFolders(KIND)) removeLabFolder(abandoned);
  const folder = createLabFolder(KIND);
  const socket = join(folder, 'docker.sock');
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'daemon.json'), '{}');
  const log = openSync(join(folder, 'dockerd.log'), 'a');
  const [command, ...words] = namespace.enter(['sh', '-c', INIT, 'init', ...argumentsOf(folder)]);
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, XDG_RUNTIME_DIR: folder };
  const engine = spawn(command, words, { stdio: ['ignore', log, log], env });
  const hasEnded = () => engine.exitCode !== null || engine.signalCode !== null;
  const stop = async () => {
    engine.kill('SIGKILL');
    await waitFor('the engine to end', 20_000, async () => hasEnded() || null);
    removeLabFolder(folder);
  };
  const evidence = () => lastLines(join(folder, 'dockerd.log'));
  const answers = async () => {
    if (hasEnded()) throw new Error(`The engine has ended.\n${evidence()}`);
    return new Docker({ socketPath: socket, timeout: 5_000 }).ping().catch(() => null);
  };
  try {
    await waitFor('the engine to answer', 60_000, answers, evidence);
    return { socket, host: `unix://${socket}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScratchFolder, removeLabFolder } from './lab-folder.ts';
import { lastLines, waitFor } from './waiting.ts';

/** A real registry (Docker's distribution), with nothing in it, without TLS and without accounts. */
export interface LabRegistry {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Ends it and removes its storage. Repeatable. */
  stop(): Promise<void>;
}

/** Port 0: the system chooses, the log tells. */
const configuration = (storage: string) => `version: 0.1
log: { level: info }
storage:
  filesystem: { rootdirectory: ${storage} }
  delete: { enabled: true }
http: { addr: "127.0.0.1:0" }
`;

/** Starts one and resolves when it listens; rejects with its last log lines after 20 s. It dies with our process. */
export async function startRegistry(): Promise<LabRegistry> {
  const folder = createScratchFolder('registry');
  const log = join(folder, 'log');
  writeFileSync(join(folder, 'config.yml'), configuration(join(folder, 'data')));
  const out = openSync(log, 'a');
  const command = ['--pdeathsig', 'KILL', 'docker-registry', 'serve', join(folder, 'config.yml')];
  const registry = spawn('setpriv', command, { stdio: ['ignore', out, out], env: { PATH: process.env.PATH } });
  let problem = '';
  registry.on('error', (error) => {
    problem = error.message;
  });
  const stop = async () => {
    await end(registry);
    removeLabFolder(folder);
  };
  const address = async () => {
    if (problem !== '' || hasEnded(registry)) throw new Error(`docker-registry ended. ${problem}\n${lastLines(log)}`);
    return /listening on (127\.0\.0\.1:\d+)/.exec(readFileSync(log, 'utf8'))?.[1];
  };
  try {
    return { address: await waitFor('docker-registry to listen', 20_000, address, () => lastLines(log)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const hasEnded = (child: ChildProcess) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await waitFor('docker-registry to end', 10_000, async () => (hasEnded(child) ? true : null));
}

import { request } from 'node:http';
import { resolve } from 'node:path';
import type { Release } from '../lab/debian-package.ts';
import type { LabEngine } from '../lab/engine.ts';
import { haproxyCommand } from '../lab/haproxy.ts';
import { freePorts, startDaemon } from '../lab/kubernetes/daemon.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { waitFor } from '../lab/waiting.ts';

const SHIPPED = resolve(import.meta.dirname, '../../deploy/compose/read-only-engine.cfg');

/** HAProxy with the shipped rules before the lab's engine. */
export interface ReadOnlyProxy {
  readonly port: number;
  /** As in the configuration's `docker:`. */
  readonly address: `tcp://${string}`;
  stop(): Promise<void>;
}

/** Starts it on a free port of `host`; the shipped file as it stands, told by its own variables where things are. */
export async function startReadOnlyProxy(engine: LabEngine, release: Release, host: string): Promise<ReadOnlyProxy> {
  const [command, ...words] = await haproxyCommand(release);
  const folder = createScratchFolder('proxy');
  const [port = 0] = await freePorts(1);
  const env = { ENGINE_PROXY_LISTEN: `${host}:${port}`, ENGINE_SOCKET: engine.socket };
  const daemon = startDaemon({ folder, name: 'haproxy', command, args: [...words, '-db', '-f', SHIPPED], env });
  const stop = async () => {
    await daemon.stop();
    removeLabFolder(folder);
  };
  const answers = () =>
    new Promise<true | null>((done) => {
      const sent = request({ host, port, path: '/_ping', timeout: 5_000 }, (answer) => {
        answer.resume();
        done(answer.statusCode === 200 || null);
      });
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => done(null));
      sent.end();
    });
  try {
    const ask = () => {
      daemon.check();
      return answers();
    };
    await waitFor('the proxy to answer', 30_000, async () => ask(), daemon.evidence);
    return { port, address: `tcp://${host}:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

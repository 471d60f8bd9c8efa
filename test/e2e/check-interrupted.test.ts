import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerArchive } from '../lab/docker-archive.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { suite } from '../lab/requirements.ts';
import { checkedImage } from './check-images.ts';
import { useRealEngine } from './real-engine.ts';

const LAUNCHER = resolve(import.meta.dirname, '../../src/cli/execfmt.js');

/** A way to the engine on which files of containers never arrive; `asked` resolves when the first one is asked for. */
async function holdArchives(engine: string, socketPath: string) {
  const reached = Promise.withResolvers<void>();
  const server = createServer((from, to) => {
    if (from.url?.includes('/archive')) {
      reached.resolve();
      return;
    }
    const { method, url: path, headers } = from;
    const onward = request({ socketPath: engine, method, path, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { asked: reached.promise, close };
}

suite('execfmt check, interrupted', ['engine', 'debian-binaries', 'docker-registry'], () => {
  const real = useRealEngine();
  const name = 'check-interrupted:1';
  let folder: string;
  beforeAll(async () => {
    folder = createScratchFolder('interrupt');
    const archive = await dockerArchive({ [name]: await checkedImage({ says: 'amd64' }) });
    const progress = await real.docker.loadImage(archive as never, {});
    await new Promise((done, fail) => progress.on('end', done).on('error', fail).resume());
  });
  afterAll(async () => {
    await real.docker.getImage(name).remove();
    removeLabFolder(folder);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s takes away its container, and ends by that signal', async (signal) => {
    const socket = join(folder, `${signal}.sock`);
    const way = await holdArchives(real.engine.socket, socket);
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, DOCKER_HOST: `unix://${socket}` };
    const child = spawn(process.execPath, [LAUNCHER, 'check', `docker-daemon:${name}`], { env, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await way.asked;
    const filters = { label: ['execfmt.temporary'] };
    expect(await real.docker.listContainers({ all: true, filters })).toHaveLength(1);
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(await real.docker.listContainers({ all: true, filters })).toEqual([]);
    await way.close();
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { join, resolve } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerArchive } from '../lab/docker-archive.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { type PrivateEngine, startPrivateEngine } from '../lab/private-engine.ts';
import { suite } from '../lab/requirements.ts';
import { checkedImage } from './check-images.ts';

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
  const name = 'check-interrupted:1';
  let folder: string;
  /** Of its own: it counts temporary containers, and others make some too. */
  let engine: PrivateEngine;
  let docker: Docker;
  beforeAll(async () => {
    folder = createScratchFolder('interrupt');
    engine = await startPrivateEngine();
    docker = new Docker({ socketPath: engine.socket });
    const archive = await dockerArchive({ [name]: await checkedImage({ says: 'amd64' }) });
    const progress = await docker.loadImage(archive as never, {});
    await new Promise((done, fail) => progress.on('end', done).on('error', fail).resume());
  });
  afterAll(() => {
    engine?.stop();
    removeLabFolder(folder);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s takes away its container, and ends by that signal', async (signal) => {
    const socket = join(folder, `${signal}.sock`);
    const way = await holdArchives(engine.socket, socket);
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, DOCKER_HOST: `unix://${socket}` };
    const child = spawn(process.execPath, [LAUNCHER, 'check', `docker-daemon:${name}`], { env, stdio: 'ignore' });
    const ended = once(child, 'exit');
    expect(await Promise.race([way.asked, ended]), 'how it ended before it asked for a file').toBeUndefined();
    const filters = { label: ['execfmt.temporary'] };
    expect(await docker.listContainers({ all: true, filters })).toHaveLength(1);
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(await docker.listContainers({ all: true, filters })).toEqual([]);
    await way.close();
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Agent, createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../adapters/estate/docker/connect.ts';
import { createDockerEstate } from '../../../adapters/estate/docker/estate.ts';
import type { ProbeFailure } from '../../../src/playbook/answer.ts';
import { systemClock } from './system-clock.ts';

const signal = new AbortController().signal;
const place = { kind: 'docker', host: 'h', container: 'c' } as const;
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function estateAt(docker: string, deadlineMs = 5_000) {
  return createDockerEstate({
    name: 'h',
    practice: false,
    client: connect({ docker }),
    clock: systemClock,
    deadlineMs,
  });
}

async function failureAt(docker: string, deadlineMs?: number): Promise<ProbeFailure> {
  const answer = await estateAt(docker, deadlineMs).inspect(place, signal);
  if (answer.kind === 'known') throw new Error('it answered');
  return answer.why;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return listening(server);
}

/** Takes connections and never says a word. */
async function silence(): Promise<string> {
  const sockets: { destroy(): void }[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
  });
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listening(server);
}

const answering = (status: number, body: string) =>
  serve((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });

// docker-modem 5.0 describes its agent at each request, to any depth, whether anybody reads that or not.
it('is not described with all its sockets at each request', async () => {
  const client = connect({ docker: await silence() });
  const asking = [1, 2, 3].map(() => client.ping().catch(() => undefined));
  const { agent } = client.modem as unknown as { readonly agent: Agent };
  await vi.waitFor(() => expect(Object.values(agent.sockets).flat()).toHaveLength(asking.length));
  expect(inspect(agent, { showHidden: true, depth: null })).toBe('Agent');
  agent.destroy();
  await Promise.all(asking);
});

describe('an engine that cannot be asked', () => {
  it('does not listen', async () => {
    const server = createServer();
    const address = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await failureAt(address)).toMatchObject({ code: 'unreachable', target: 'engine h' });
  });

  it('has no socket', async () => {
    const why = await failureAt('unix:///nonexistent/docker.sock');
    expect(why.code).toBe('unreachable');
    expect(why.message).toContain('socket');
  });

  it('has a file in its socket’s place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'execfmt-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'docker.sock'), '');
    expect(await failureAt(`unix://${folder}/docker.sock`)).toMatchObject({ code: 'unreachable' });
  });

  it('says nothing until the deadline', async () => {
    expect(await failureAt(await silence(), 60)).toMatchObject({ code: 'timeout' });
  });

  it('says nothing until the question is withdrawn', async () => {
    const estate = estateAt(await silence(), 60_000);
    const controller = new AbortController();
    const asked = estate.localImage(place, 'sha256:1', controller.signal);
    controller.abort();
    expect(await asked).toMatchObject({ kind: 'probe-failed', why: { code: 'timeout' } });
  });

  it('begins to answer and then stands still', async () => {
    const address = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"Id":');
    });
    expect(await failureAt(address, 60)).toMatchObject({ code: 'timeout' });
  });

  it('cuts the connection in the middle', async () => {
    const address = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"Id":', () => response.destroy());
    });
    expect(await failureAt(address)).toMatchObject({ code: 'unreachable' });
  });

  it.each([
    [400, 'invalid'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'not-found'],
    [409, 'conflict'],
    [429, 'rate-limited'],
    [500, 'invalid'],
    [501, 'unsupported'],
    [503, 'unreachable'],
    [504, 'timeout'],
  ])('answers %i', async (status, code) => {
    expect(await failureAt(await answering(status, '{"message":"because"}'))).toMatchObject({ code });
  });

  it('is something else', async () => {
    expect(await failureAt(await answering(200, '<html>'))).toMatchObject({ code: 'invalid' });
    const talkative = createServer((socket) => socket.end('220 mail.example.org ESMTP\r\n'));
    cleanups.push(() => void talkative.close());
    expect(await failureAt(await listening(talkative))).toMatchObject({ code: 'invalid' });
  });

  it('answers without an end', async () => {
    const address = await serve((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 0x20);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expect(await failureAt(address, 20_000)).toMatchObject({ code: 'too-large' });
  });
});

describe('connect', () => {
  it('heeds its own address alone', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
    const address = await answering(200, '[{"Id":"1","Names":["/found"]}]');
    expect(await estateAt(address).names(signal)).toEqual({ kind: 'known', value: ['found'] });
    expect((await failureAt('unix:///nonexistent/docker.sock')).message).toContain('socket');
  });

  it.each([
    'docker.sock',
    'http://127.0.0.1:2375',
    'unix://relative.sock',
    'tcp://host',
    'tcp://user@host:2375',
    'tcp://host:2375/path',
    'ssh://-oProxyCommand=touch',
    'ssh://-l@host',
    'ssh://user:secret@host',
    'ssh://user@host/path',
    'ssh://user@',
    'ssh://user@host:port',
    'ssh://a b@host',
    'ssh://user@host;id',
  ])('refuses %s', (docker) => {
    expect(() => connect({ docker })).toThrow(/.{15}/);
  });

  it('does not repeat a password', () => {
    expect(() => connect({ docker: 'ssh://user:hunter2@host' })).toThrow(/^(?!.*hunter2)/);
  });

  it('takes tls for tcp only', () => {
    const tls = { ca: 'a', cert: 'b', key: 'c' };
    expect(() => connect({ docker: 'unix:///var/run/docker.sock', tls })).toThrow(/tcp/);
  });
});

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import { systemClock as clock } from '../../adapters/system/clock.ts';
import { type BuiltImage, imageOf, layerOf } from '../servers/registry/build-image.ts';
import { fail, startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectFailure, expectKnown, hurriedClock, keepingLog, never, sourceFor } from './open-source.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const LOGIN = { username: 'bot', password: 'secret' };
let registry: TestRegistry;
let image: BuiltImage;

beforeEach(async () => {
  registry = await startRegistry({ auth: 'basic', ...LOGIN });
  image = imageOf('linux/amd64', [await layerOf([{ name: 'a', content: 'hello' }])]);
  registry.push('x', image, 'v1');
});
afterEach(() => registry.stop());

const open = (more = {}) => sourceFor(registry.host, LOGIN, more).open(`${registry.host}/x:v1`, AMD64, never);
/** Answers every request of the registry that is logged in. */
function answerWith(answer: (response: ServerResponse) => void): void {
  registry.intercept = (request, response) => {
    if (request.headers.authorization === undefined) return false;
    answer(response);
    return true;
  };
}

describe('blobs that lie elsewhere', () => {
  let storage: TestRegistry;
  beforeEach(async () => {
    storage = await startRegistry();
    for (const blob of image.blobs) storage.putBlob(blob);
  });
  afterEach(() => storage.stop());
  const redirectBlobs = (to: (path: string) => string) => {
    registry.intercept = (_request, response, path) => {
      if (!path.includes('/blobs/')) return false;
      response.writeHead(307, { location: to(path) }).end();
      return true;
    };
  };

  it('are fetched there, without the registry’s login', async () => {
    redirectBlobs((path) => storage.origin + path);
    const opened = expectKnown(await open());
    expect(Buffer.from(await opened.files.read('/a', 0, 5)).toString()).toBe('hello');
    expect(storage.seen.map((request) => request.authorization)).toEqual([null, null]);
    expect(registry.seen.some((request) => request.authorization !== null)).toBe(true);
  });

  it('are fetched on the same host with it', async () => {
    let hops = 0;
    registry.intercept = (_request, response, path) => {
      if (!path.includes('/blobs/') || hops++ >= 5) return false;
      response.writeHead(302, { location: path }).end();
      return true;
    };
    expect(expectKnown(await open()).config.platform).toEqual(AMD64);
  });

  it('are not followed in a circle', async () => {
    redirectBlobs((path) => path);
    const why = expectFailure(await open());
    expect(why).toMatchObject({ code: 'invalid', message: expect.stringContaining('more than 5 times') });
    expect(registry.seen.filter((request) => request.path.includes('/blobs/'))).toHaveLength(6);
  });

  it.each([
    ['file:///etc/passwd', 'scheme'],
    ['http://169.254.169.254/latest/meta-data', 'metadata'],
    ['http://[fe80::1]/x', 'metadata'],
    ['http://[::ffff:a9fe:a9fe]/x', 'metadata'],
    ['http://', 'no address'],
  ])('are not fetched at %s', async (location, word) => {
    redirectBlobs(() => location);
    expect(expectFailure(await open())).toMatchObject({ code: 'denied', message: expect.stringContaining(word) });
  });
});

describe('a registry that is not well', () => {
  it.each([
    [403, 'denied'],
    [404, 'not-found'],
    [429, 'rate-limited'],
    [500, 'unreachable'],
    [503, 'unreachable'],
    [418, 'invalid'],
  ])('%i is %s', async (status, code) => {
    answerWith((response) => fail(response, status, 'WHATEVER'));
    const clock = hurriedClock();
    expect(expectFailure(await open({ clock }))).toMatchObject({ code, target: registry.host });
  });

  it('says how long to wait', async () => {
    answerWith((response) => response.writeHead(429, { 'retry-after': '37' }).end());
    expect(expectFailure(await open()).message).toContain('37 seconds');
  });

  it('that is not there is unreachable', async () => {
    const gone = await startRegistry();
    await gone.stop();
    const why = expectFailure(await sourceFor(gone.host).resolve(`${gone.host}/x`, never));
    expect(why).toMatchObject({ code: 'unreachable', target: gone.host });
    expect(why.message).toContain('ECONNREFUSED');
  });

  it('whose name is not known is unreachable', async () => {
    const why = expectFailure(await sourceFor('nowhere.invalid').resolve('nowhere.invalid/x', never));
    expect(why).toMatchObject({ code: 'unreachable', target: 'nowhere.invalid' });
  });

  it('that never answers is a timeout', async () => {
    answerWith(() => {});
    expect(expectFailure(await open({ deadlines: { request: 300 } })).code).toBe('timeout');
  });

  it('that stops in the middle of an answer is a timeout', async () => {
    answerWith((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
    });
    expect(expectFailure(await open({ deadlines: { request: 300 } })).code).toBe('timeout');
  });

  it('ends when the caller gives up', async () => {
    const caller = new AbortController();
    answerWith(() => caller.abort());
    const source = sourceFor(registry.host, LOGIN);
    expect(expectFailure(await source.resolve(`${registry.host}/x:v1`, caller.signal)).code).toBe('timeout');
  });

  it('that drops the connection in an answer is unreachable', async () => {
    answerWith((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    });
    expect(expectFailure(await open()).code).toBe('unreachable');
  });

  it('is asked once more when it closed a kept connection', async () => {
    let resets = 1;
    registry.intercept = (request) => {
      if (resets-- <= 0) return false;
      request.socket.resetAndDestroy();
      return true;
    };
    expect(expectKnown(await open()).digest).toBe(image.manifest.digest);
  });

  it('is asked once more on a new connection when it closed all that were kept', async () => {
    const used = new Set<unknown>();
    registry.intercept = ({ socket }) => {
      if (!used.has(socket)) return !used.add(socket);
      socket.resetAndDestroy();
      return true;
    };
    const source = sourceFor(registry.host, LOGIN);
    const resolve = () => source.resolve(`${registry.host}/x:v1`, never);
    for (const answer of await Promise.all([resolve(), resolve(), resolve()])) expectKnown(answer);
    expect(expectKnown(await resolve()).digest).toBe(image.manifest.digest);
  });

  it('that sends too much is cut off', async () => {
    answerWith((response) => response.end(Buffer.alloc(4 * 1024 ** 2 + 1, 0x20)));
    expect(expectFailure(await open()).code).toBe('too-large');
  });

  it('that sends other bytes than the digest is not believed', async () => {
    answerWith((response) => response.end(image.manifest.bytes.subarray(1)));
    const source = sourceFor(registry.host, LOGIN);
    const why = expectFailure(await source.resolve(`${registry.host}/x@${image.manifest.digest}`, never));
    expect(why).toMatchObject({ code: 'invalid', message: expect.stringContaining(image.manifest.digest) });
  });

  it('whose answer to a tag is not what it says it is, is not believed', async () => {
    answerWith((response) => {
      response.setHeader('docker-content-digest', image.manifest.digest);
      response.end(image.manifest.bytes.subarray(0, -1));
    });
    expect(expectFailure(await open()).code).toBe('invalid');
  });

  it('that alters a configuration is not believed', async () => {
    registry.intercept = (_request, response, path) => {
      if (!path.includes('/blobs/')) return false;
      response.end('{"os":"linux","architecture":"amd64"}');
      return true;
    };
    expect(expectFailure(await open()).code).toBe('invalid');
  });
});

describe('a registry on https', () => {
  const run = promisify(execFile);
  let secure: TestRegistry;
  let cert: string;
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'execfmt-registry-'));
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=execfmt test', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    await run('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', keyFile, '-out', certFile]);
    cert = await readFile(certFile, 'utf8');
    secure = await startRegistry({ tls: { key: await readFile(keyFile, 'utf8'), cert } });
    secure.push('x', image, 'v1');
    await rm(folder, { recursive: true });
  });
  afterEach(() => secure.stop());
  const resolve = (options: object) =>
    createImageSource({
      registries: { [secure.host]: options },
      dockerConfigPath: null,
      log: keepingLog(),
      clock,
    }).resolve(`${secure.host}/x:v1`, never);

  it('is trusted by its configured authority', async () => {
    expect(expectKnown(await resolve({ caPem: cert })).digest).toBe(image.manifest.digest);
  });

  it('is not trusted otherwise, and the failure says what to set', async () => {
    expect(expectFailure(await resolve({}))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('`ca`'),
    });
  });

  it('that never finishes its handshake is a timeout', async () => {
    const connections: Socket[] = [];
    const silent = createServer((socket) => connections.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const log = keepingLog();
    const options = { registries: {}, dockerConfigPath: null, log, clock, deadlines: { request: 300 } };
    const why = expectFailure(await createImageSource(options).resolve(`${host}/x:v1`, never));
    expect(why).toMatchObject({ code: 'timeout', message: expect.stringContaining('in the time there was') });
    for (const socket of connections) socket.destroy();
    silent.close();
  });

  it('is what is expected: plain http must be configured', async () => {
    const options = { registries: {}, dockerConfigPath: null, log: keepingLog(), clock };
    const why = expectFailure(await createImageSource(options).resolve(`${registry.host}/x:v1`, never));
    expect(why).toMatchObject({ code: 'unreachable', message: expect.stringContaining('plainHttp') });
    expect(registry.seen).toEqual([]);
  });

  it('does not send blobs to plain http', async () => {
    secure.intercept = (_request, response, path) => {
      if (!path.includes('/blobs/')) return false;
      response.writeHead(307, { location: registry.origin + path }).end();
      return true;
    };
    expect(expectFailure(await resolve({ caPem: cert }))).toMatchObject({
      code: 'denied',
      message: expect.stringContaining('unencrypted'),
    });
    expect(registry.seen).toEqual([]);
  });
});

describe('an address that only a reference names', () => {
  it.each([
    '169.254.169.254',
    '[fd00:ec2::254]',
    '100.100.100.200:80',
    '0xa9.0xfe.0xa9.0xfe',
    '2852039166:443',
    '0251.0376.0251.0376',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]:443',
    'metadata.google.internal',
  ])('%s is not asked', async (host) => {
    const options = { registries: {}, dockerConfigPath: null, log: keepingLog(), clock };
    const why = expectFailure(await createImageSource(options).resolve(`${host}/x:v1`, never));
    expect(why).toMatchObject({ code: 'denied', message: expect.stringContaining('metadata') });
  });

  it.each(['1.2.3.256', '[::1::2]', '0x100000000.1'])('%s is no address at all', async (host) => {
    const why = expectFailure(await sourceFor('x.example').resolve(`${host}/x:v1`, never));
    expect(why).toMatchObject({ code: 'invalid', target: host });
  });
});

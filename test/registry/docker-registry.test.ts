import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import { systemClock as clock } from '../../adapters/system/clock.ts';
import { loginsOfPullSecret } from '../../src/image/docker-login.ts';
import { suite } from '../lab/requirements.ts';
import { attestationOf, imageOf, indexOf, layerOf, type Stored, stored } from '../servers/registry/build-image.ts';
import { clientFor, expectFailure, expectKnown, keepingLog, never, sourceFor } from './open-source.ts';

const AMD64 = { os: 'linux', architecture: 'amd64', variant: null };
const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Whoever pushes trusts any certificate: what reads is what is tested. */
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });

interface RealRegistry {
  readonly host: string;
  readonly folder: string;
  put(path: string, body: Buffer, type: string): Promise<void>;
  upload(blob: Stored): Promise<void>;
  putManifest(manifest: Stored, name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's registry with further settings, which may be files in its folder. */
async function serve(
  scheme: 'http' | 'https',
  authorization: string,
  settings: (folder: string) => Promise<{ http?: object; auth?: object }>,
): Promise<RealRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'execfmt-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const { http, auth } = await settings(folder);
  const storage = { filesystem: { rootdirectory: join(folder, 'data') } };
  const config = { version: '0.1', storage, http: { addr: host, ...http }, ...(auth && { auth }) };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const child: ChildProcess = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const headers = authorization === '' ? {} : { authorization };
  const ask = async (path: string, method: 'GET' | 'POST' | 'PUT', body: Buffer | null, type?: string) => {
    const url = new URL(path, `${scheme}://${host}`);
    const sent = type === undefined ? headers : { ...headers, 'content-type': type };
    const reply = await request(url, { method, body, headers: sent, dispatcher });
    await reply.body.dump();
    return reply;
  };
  for (let attempt = 0; ; attempt++) {
    const reply = await ask('/v2/', 'GET', null).catch(() => null);
    if (reply?.statusCode === 200) break;
    if (attempt > 100) throw new Error('docker-registry does not start');
    await sleep(100);
  }
  const registry: RealRegistry = {
    host,
    folder,
    put: async (path, body, type) => {
      expect((await ask(path, 'PUT', body, type)).statusCode, path).toBe(201);
    },
    upload: async (blob) => {
      const begun = await ask('/v2/x/blobs/uploads/', 'POST', null);
      const location = new URL(String(begun.headers.location), `${scheme}://${host}`);
      location.searchParams.set('digest', blob.digest);
      await registry.put(location.href, blob.bytes, 'application/octet-stream');
    },
    putManifest: (manifest, name) => registry.put(`/v2/x/manifests/${name}`, manifest.bytes, manifest.mediaType),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
  return registry;
}

suite('Debian’s docker-registry', ['docker-registry', 'skopeo'], () => {
  let registry: RealRegistry;
  let host: string;
  beforeAll(async () => {
    registry = await serve('http', '', async () => ({}));
    host = registry.host;
  });
  afterAll(() => registry.stop());

  it('serves images that are resolved, opened and listed', async () => {
    const layer = await layerOf([{ name: 'run', content: Buffer.alloc(100_000, 'abc'), mode: 0o755 }], 'zstd');
    const image = imageOf('linux/amd64', [layer], { Cmd: ['/run'] });
    for (const blob of image.blobs) await registry.upload(blob);
    await registry.putManifest(image.manifest, 'one');
    const index = indexOf([[image.manifest, { platform: { os: 'linux', architecture: 'amd64' } }]]);
    await registry.putManifest(index, 'many');

    const source = sourceFor(host);
    const resolved = expectKnown(await source.resolve(`${host}/x:many`, never));
    expect(resolved.digest).toBe(index.digest);
    expect(expectKnown(await source.resolve(`${host}/x:many`, never))).toEqual(resolved);
    expect(expectKnown(await source.tags(`${host}/x`, never))).toEqual(expect.arrayContaining(['many', 'one']));
    const opened = expectKnown(await source.open(`${host}/x:many`, AMD64, never));
    expect(opened).toMatchObject({ digest: image.manifest.digest, config: { cmd: ['/run'] } });
    expect(Buffer.from(await opened.files.read('/run', 99_998, 10)).toString()).toBe('ca');
  });

  it('tells what is not there', async () => {
    const source = sourceFor(host);
    expect(expectFailure(await source.resolve(`${host}/x:nothing`, never)).code).toBe('not-found');
    const why = expectFailure(await source.tags(`${host}/nothing`, never));
    expect(why).toMatchObject({ code: 'not-found', message: expect.stringContaining('no such repository') });
  });

  it('serves parts of blobs', async () => {
    const blob = stored(Buffer.from('0123456789'), 'application/octet-stream');
    await registry.upload(blob);
    const ask = { registry: host, repository: 'x', path: `blobs/${blob.digest}`, what: 'a blob', signal: never };
    const part = await clientFor(host).part(ask, { from: 3, to: 5 });
    if (part.kind !== 'part') throw new Error(part.kind);
    expect(part).toMatchObject({ range: { from: 3, to: 5 }, total: 10 });
    expect((await buffer(part.bytes)).toString()).toBe('345');
    expect(await clientFor(host).part(ask, { from: 10, to: 20 })).toMatchObject({ kind: 'beyond-end' });
  });

  it('serves what skopeo wrote in Docker’s own format', async () => {
    const image = imageOf('linux/arm/v7', [await layerOf([{ name: 'run', content: 'abc' }])]);
    for (const blob of image.blobs) await registry.upload(blob);
    await registry.putManifest(image.manifest, 'oci');
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    await run('skopeo', ['copy', '--format=v2s2', ...plain, `docker://${host}/x:oci`, `docker://${host}/x:docker`]);
    const resolved = expectKnown(await sourceFor(host).resolve(`${host}/x:docker`, never));
    expect(resolved.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
    expect(resolved.entries).toEqual([
      { platform: { os: 'linux', architecture: 'arm', variant: 'v7' }, digest: resolved.digest },
    ]);
  });

  it('serves attestations, in the index and by the tag scheme, as it has no referrers API', async () => {
    const image = imageOf('linux/amd64', [], { Cmd: ['/attested'] });
    const subject = [{ digest: { sha256: image.manifest.digest.slice('sha256:'.length) } }];
    const predicate = {
      builder: { id: 'https://ci.corp.io/7' },
      invocation: { environment: { platform: 'linux/arm64' } },
    };
    const statement = { predicateType: 'https://slsa.dev/provenance/v0.2', subject, predicate };
    const blob = stored(Buffer.from(JSON.stringify(statement)), 'application/vnd.in-toto+json');
    const attestation = attestationOf(blob, statement.predicateType);
    const empty = stored(Buffer.from('{}'), 'application/vnd.oci.image.config.v1+json');
    for (const each of [...image.blobs, blob, empty]) await registry.upload(each);
    await registry.putManifest(image.manifest, 'attested');
    await registry.putManifest(attestation, attestation.digest);
    const asked = () => sourceFor(host).provenance(`${host}/x:attested`, image.manifest.digest, never);
    expect(expectKnown(await asked())).toBeNull();

    const list = indexOf([[attestation, { artifactType: 'application/vnd.in-toto+json' }]]);
    await registry.putManifest(list, image.manifest.digest.replace(':', '-'));
    const expected = { builder: 'https://ci.corp.io/7', builderPlatform: { os: 'linux', architecture: 'arm64' } };
    expect(expectKnown(await asked())).toMatchObject(expected);

    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': image.manifest.digest,
    };
    const index = indexOf([
      [image.manifest, { platform: { os: 'linux', architecture: 'amd64' } }],
      [attestation, { platform: { os: 'unknown', architecture: 'unknown' }, annotations }],
    ]);
    await registry.putManifest(index, 'index');
    const source = sourceFor(host);
    expect(expectKnown(await source.resolve(`${host}/x:index`, never)).entries).toHaveLength(1);
    const found = await source.provenance(`${host}/x:index`, image.manifest.digest, never);
    expect(expectKnown(found)).toMatchObject(expected);
  });
});

suite('Debian’s docker-registry with a private authority and accounts', ['docker-registry'], () => {
  /** bcrypt of `hunter2`: the only form that the registry takes. */
  const ACCOUNT = 'bot:$2b$05$abcdefghijklmnopqrstuuoXuKqgZXLiJqzfmMXDDhSFPIvxV7t8.\n';
  const auth = Buffer.from('bot:hunter2').toString('base64');
  const image = imageOf('linux/amd64', []);
  let registry: RealRegistry;
  let caPem: string;

  beforeAll(async () => {
    registry = await serve('https', `Basic ${auth}`, async (folder) => {
      const [key, certificate, accounts] = ['key.pem', 'cert.pem', 'htpasswd'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const subject = ['-subj', '/CN=execfmt test', '-addext', 'subjectAltName=IP:127.0.0.1'];
      const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
      await run('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate]);
      await writeFile(accounts, ACCOUNT);
      caPem = await readFile(certificate, 'utf8');
      return { http: { tls: { certificate, key } }, auth: { htpasswd: { realm: 'execfmt', path: accounts } } };
    });
    for (const blob of image.blobs) await registry.upload(blob);
    await registry.putManifest(image.manifest, 'v1');
  });
  afterAll(() => registry.stop());

  const source = (options: object) =>
    createImageSource({
      registries: { [registry.host]: { caPem, ...options } },
      dockerConfigPath: null,
      log: keepingLog(),
      clock,
    });
  const reference = () => `${registry.host}/x:v1`;

  it('lets the configured login in', async () => {
    const images = source({ username: 'bot', password: 'hunter2' });
    expect(expectKnown(await images.resolve(reference(), never)).digest).toBe(image.manifest.digest);
  });

  it('lets the login of a pull secret in, and nobody without', async () => {
    const secret = JSON.stringify({ auths: { [`https://${registry.host}/x`]: { auth } } });
    const logins = loginsOfPullSecret('kubernetes.io/dockerconfigjson', Buffer.from(secret));
    const images = source({});
    expect(expectKnown(await images.withLogins(logins ?? []).resolve(reference(), never)).kind).toBe('manifest');
    expect(expectFailure(await images.resolve(reference(), never)).code).toBe('denied');
  });

  it('is told apart when the login is wrong', async () => {
    const why = expectFailure(await source({ username: 'bot', password: 'wrong' }).resolve(reference(), never));
    expect(why).toMatchObject({ code: 'denied', message: expect.stringContaining('Check the login') });
  });
});

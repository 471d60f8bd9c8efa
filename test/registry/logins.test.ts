import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ImageSourceOptions } from '../../adapters/registry/oci/options.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { RegistryLogin } from '../../src/image/registry-login.ts';
import { imageOf, layerOf } from '../servers/registry/build-image.ts';
import { startRegistry, type TestRegistry, type TestRegistryOptions } from '../servers/registry/start-registry.ts';
import { expectFailure, expectKnown, keepingLog, never, sourceFor } from './open-source.ts';

const LOGIN = { username: 'bot', password: 'pass:wörd' };
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: TestRegistryOptions): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  cleanups.push(() => registry.stop());
  registry.push('team/render', imageOf('linux/amd64', [await layerOf([{ name: 'a', content: 'x' }])]), 'v1');
  return registry;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'execfmt-registry-'));
  cleanups.push(() => rm(path, { recursive: true }));
  return path;
}

const resolve = (registry: TestRegistry, login = {}, more: Partial<ImageSourceOptions> = {}) =>
  sourceFor(registry.host, login, more).resolve(`${registry.host}/team/render:v1`, never);

describe('a registry that wants a login', () => {
  it('is given name and password, and asked only once for a challenge', async () => {
    const registry = await start({ auth: 'basic', ...LOGIN });
    const source = sourceFor(registry.host, LOGIN);
    const image = expectKnown(await source.resolve(`${registry.host}/team/render:v1`, never));
    expect(image.kind).toBe('manifest');
    expectKnown(await source.tags(`${registry.host}/team/render`, never));
    expect(registry.seen.filter((request) => request.authorization === null)).toHaveLength(1);
  });

  it('is given a token for exactly one repository’s pull, whatever it asked for', async () => {
    const registry = await start({ auth: 'token', ...LOGIN });
    expectKnown(await resolve(registry, LOGIN));
    const asked = registry.seen.filter((request) => request.path.startsWith('/token'));
    expect(asked).toHaveLength(1);
    expect(new URL(asked[0]!.path, registry.origin).searchParams.get('scope')).toBe('repository:team/render:pull');
  });

  it('gives a token to anyone where it does', async () => {
    const registry = await start({ auth: 'token' });
    expect(expectKnown(await resolve(registry)).kind).toBe('manifest');
  });

  it.each(['basic', 'token'] as const)('%s: without one the failure says what to configure', async (auth) => {
    const registry = await start({ auth, ...LOGIN });
    const why = expectFailure(await resolve(registry));
    expect(why).toMatchObject({ code: 'denied', target: registry.host });
    expect(why.message).toMatch(/registries: .*username, passwordEnv.*docker login/);
  });

  it.each(['basic', 'token'] as const)('%s: a wrong one is refused, and never shown', async (auth) => {
    const registry = await start({ auth, ...LOGIN });
    const log = keepingLog();
    const why = expectFailure(await resolve(registry, { ...LOGIN, password: 'wrong-secret' }, { log }));
    expect(why.code).toBe('denied');
    expect(why.message).toContain('Check the login');
    expect(JSON.stringify(why) + log.lines.join()).not.toMatch(/wrong-secret|d3Jvbmct/);
    expect(registry.seen.length).toBeLessThanOrEqual(3);
  });

  it('is asked again when a token it gave is no longer taken', async () => {
    const registry = await start({ auth: 'token', ...LOGIN });
    const source = sourceFor(registry.host, LOGIN);
    expectKnown(await source.tags(`${registry.host}/team/render`, never));
    let refusals = 1;
    registry.intercept = (_request, response, path) => {
      if (!path.includes('/tags/') || refusals-- <= 0) return false;
      response.writeHead(401, {
        'www-authenticate': `Bearer realm="${registry.origin}/token",service="test, registry"`,
      });
      response.end();
      return true;
    };
    expect(expectKnown(await source.tags(`${registry.host}/team/render`, never))).toEqual(['v1']);
    expect(registry.seen.filter((request) => request.path.startsWith('/token'))).toHaveLength(2);
  });
});

describe('the lifetime of a token', () => {
  it.each([
    [undefined, 49_999, 1],
    [undefined, 50_001, 2],
    [300, 289_000, 1],
    [300, 291_000, 2],
    [1_000_000, 3_600_000, 2],
    [-5, 49_999, 1],
  ])('%s seconds: %d ms later %i tokens were asked for', async (lifetime, later, tokens) => {
    const registry = await start({ auth: 'token' });
    registry.intercept = (_request, response, path) => {
      if (!path.startsWith('/token')) return false;
      response.end(JSON.stringify({ token: 'token-for-team/render', expires_in: lifetime }));
      return true;
    };
    let now = 0;
    const source = sourceFor(registry.host, {}, { clock: { ...systemClock, monotonic: () => now } });
    expectKnown(await source.tags(`${registry.host}/team/render`, never));
    now = later;
    expectKnown(await source.tags(`${registry.host}/team/render`, never));
    expect(registry.seen.filter((request) => request.path.startsWith('/token'))).toHaveLength(tokens);
  });
});

describe('the logins of a pod', () => {
  const login = (scope: string, password = LOGIN.password): RegistryLogin => ({
    scope,
    credentials: { kind: 'password', username: LOGIN.username, password },
  });
  const resolveWith = (registry: TestRegistry, logins: RegistryLogin[], own = {}) =>
    sourceFor(registry.host, own).withLogins(logins).resolve(`${registry.host}/team/render:v1`, never);

  it.each(['basic', 'token'] as const)('%s: are used, and by nobody else', async (auth) => {
    const registry = await start({ auth, ...LOGIN });
    const source = sourceFor(registry.host);
    const withLogins = source.withLogins([login(registry.host)]);
    expect(expectKnown(await withLogins.resolve(`${registry.host}/team/render:v1`, never)).kind).toBe('manifest');
    expect(expectFailure(await source.resolve(`${registry.host}/team/render:v1`, never)).code).toBe('denied');
  });

  it.each(['basic', 'token'] as const)('%s: are tried one after the other, before what is configured', async (auth) => {
    const registry = await start({ auth, ...LOGIN });
    const wrong = [login(registry.host, 'wrong-1'), login('other.example', 'wrong-2')];
    expect(expectKnown(await resolveWith(registry, [...wrong, login(registry.host)])).kind).toBe('manifest');
    expect(expectKnown(await resolveWith(registry, wrong, LOGIN)).kind).toBe('manifest');
    const sent = registry.seen.map(({ authorization }) =>
      Buffer.from(authorization?.slice(6) ?? '', 'base64').toString(),
    );
    expect(sent.filter((text) => text.endsWith('wrong-1'))).toHaveLength(2);
    expect(sent.some((text) => text.endsWith('wrong-2'))).toBe(false);
  });

  it.each(['basic', 'token'] as const)('%s: that are all wrong are told of, and not tried for ever', async (auth) => {
    const registry = await start({ auth, ...LOGIN });
    const why = expectFailure(await resolveWith(registry, Array(50).fill(login(registry.host, 'wrong'))));
    expect(why).toMatchObject({ code: 'denied', message: expect.stringContaining('Check the login') });
    expect(registry.seen.filter(({ authorization }) => authorization?.startsWith('Basic'))).toHaveLength(4);
  });

  it('are for the part of the registry that they name', async () => {
    const registry = await start({ auth: 'basic', ...LOGIN });
    expect(expectKnown(await resolveWith(registry, [login(`${registry.host}/team`)])).kind).toBe('manifest');
    expect(expectFailure(await resolveWith(registry, [login(`${registry.host}/other`)])).code).toBe('denied');
  });
});

describe('a token service that is not safe', () => {
  it.each([
    ['on another host in plain http', 'http://example.invalid/token', 'another host'],
    ['without an address', '', 'no URL'],
    ['of another scheme', 'file:///etc/passwd', 'scheme'],
    ['with a user in it', 'https://a:b@example.invalid/token', 'names a user'],
    ['on a metadata address', 'https://169.254.169.254/token', 'metadata'],
    ['on a metadata address over IPv6', 'https://[fd00:ec2::254]/token', 'metadata'],
    ['on a mapped metadata address', 'https://[::ffff:169.254.169.254]/token', 'metadata'],
  ])('%s is not asked', async (_what, realm, word) => {
    const registry = await start({ auth: 'token', realm, ...LOGIN });
    const why = expectFailure(await resolve(registry, LOGIN));
    expect(why.code).toBe('denied');
    expect(why.message).toContain(word);
  });
});

describe('the login of docker login', () => {
  async function configured(registry: TestRegistry, config: object): Promise<Partial<ImageSourceOptions>> {
    const dockerConfigPath = join(await folder(), 'config.json');
    await writeFile(dockerConfigPath, JSON.stringify(config).replaceAll('HOST', registry.host));
    return { dockerConfigPath };
  }
  const auth = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');

  it.each([
    ['auth', { auths: { HOST: { auth } } }],
    ['a URL for a key', { auths: { 'https://HOST/v1/': { auth } } }],
    ['username and password', { auths: { HOST: LOGIN } }],
  ])('is read from the file: %s', async (_what, config) => {
    const registry = await start({ auth: 'basic', ...LOGIN });
    expect(expectKnown(await resolve(registry, {}, await configured(registry, config))).kind).toBe('manifest');
  });

  it('of another registry is not used', async () => {
    const registry = await start({ auth: 'basic', ...LOGIN });
    const config = await configured(registry, { auths: { 'HOST.example.com': { auth }, 'example.com': { auth } } });
    expect(expectFailure(await resolve(registry, {}, config)).code).toBe('denied');
    expect(registry.seen.every((request) => request.authorization === null)).toBe(true);
  });

  it('may be missing or broken', async () => {
    const registry = await start({ auth: 'none' });
    const path = await folder();
    for (const dockerConfigPath of [join(path, 'none.json'), path]) {
      expect(expectKnown(await resolve(registry, {}, { dockerConfigPath })).kind).toBe('manifest');
    }
  });

  it('may be a token that the registry takes as it is', async () => {
    const registry = await start({ auth: 'token', ...LOGIN });
    const config = await configured(registry, { auths: { HOST: { registrytoken: 'token-for-team/render' } } });
    expect(expectKnown(await resolve(registry, {}, config)).kind).toBe('manifest');
    expect(registry.seen.some((request) => request.path.startsWith('/token'))).toBe(false);
  });

  it('may be an identity token, which is exchanged by OAuth2', async () => {
    const registry = await start({ auth: 'token', ...LOGIN });
    const forms: URLSearchParams[] = [];
    registry.intercept = (request, response, path) => {
      if (path !== '/token' || request.method !== 'POST') return false;
      request.setEncoding('utf8').on('data', (form: string) => forms.push(new URLSearchParams(form)));
      request.on('end', () => response.end(JSON.stringify({ access_token: 'token-for-team/render' })));
      return true;
    };
    const config = await configured(registry, { auths: { HOST: { auth, identitytoken: 'refresh-me' } } });
    expect(expectKnown(await resolve(registry, {}, config)).kind).toBe('manifest');
    expect(forms.map((form) => Object.fromEntries(form))).toEqual([
      {
        grant_type: 'refresh_token',
        refresh_token: 'refresh-me',
        client_id: 'execfmt',
        scope: 'repository:team/render:pull',
        service: 'test, registry',
      },
    ]);
  });

  describe('in a credential helper', () => {
    /** Installs a helper of this shell text under a name that only this test has. */
    async function helper(script: string): Promise<string> {
      const path = await folder();
      const name = `execfmt-test-${path.slice(-6)}`;
      const before = process.env.PATH;
      await writeFile(join(path, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
      await chmod(join(path, `docker-credential-${name}`), 0o755);
      process.env.PATH = `${path}:${before}`;
      cleanups.push(async () => {
        process.env.PATH = before;
      });
      return name;
    }
    const says = JSON.stringify({ ServerURL: 'x', Username: LOGIN.username, Secret: LOGIN.password });

    it('is asked for this server', async () => {
      const registry = await start({ auth: 'basic', ...LOGIN });
      const name = await helper(`read server; [ "$1" = get ] && [ "$server" = "${registry.host}" ] && echo '${says}'`);
      const config = await configured(registry, { credHelpers: { HOST: name } });
      expect(expectKnown(await resolve(registry, {}, config)).kind).toBe('manifest');
    });

    it('that has none leaves what the file has', async () => {
      const registry = await start({ auth: 'basic', ...LOGIN });
      const name = await helper('echo credentials not found in native keychain; exit 1');
      const config = await configured(registry, { credsStore: name, auths: { HOST: { auth } } });
      expect(expectKnown(await resolve(registry, {}, config)).kind).toBe('manifest');
    });

    it.each([
      ['hangs', 'exec sleep 60'],
      ['floods', 'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done'],
      ['talks nonsense', 'echo hunter2'],
    ])('that %s is as good as none', async (_what, script) => {
      const registry = await start({ auth: 'basic', ...LOGIN });
      const log = keepingLog();
      const config = await configured(registry, { credsStore: await helper(script) });
      const why = expectFailure(await resolve(registry, {}, { ...config, log, deadlines: { helper: 500 } }));
      expect(why.code).toBe('denied');
      expect(JSON.stringify(why) + log.lines.join()).not.toContain('hunter2');
    });

    it.each(['not-installed-anywhere', '../../bin/sh', 'a b;c'])('%s is not run', async (name) => {
      const registry = await start({ auth: 'basic', ...LOGIN });
      const log = keepingLog();
      const config = await configured(registry, { credsStore: name });
      expect(expectFailure(await resolve(registry, {}, { ...config, log })).code).toBe('denied');
      expect(log.lines).toHaveLength(1);
    });
  });
});

import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { knownValue } from '../../contracts/estate-contract.ts';
import { type AskedOf, type FakeApiServer, fakeApiServer } from './fake-api-server.ts';

const signal = new AbortController().signal;
const place = {
  kind: 'kubernetes',
  cluster: 'prod',
  namespace: 'docs',
  workload: 'pod/web',
  pod: 'web',
  container: 'web',
  node: 'n',
} as const;

let server: FakeApiServer | null = null;
afterEach(() => server?.close());

async function estateWith(reply: Parameters<typeof fakeApiServer>[0], options = {}) {
  server = await fakeApiServer(reply);
  return server.estate(options);
}

const status = (code: number, message: string) => ({ status: code, body: { kind: 'Status', code, message } });

describe('an API server that refuses', () => {
  it.each([
    [401, 'denied', 'does not know who asks'],
    [403, 'denied', 'give the account the verb "get" on "pods" in namespace docs'],
    [404, 'not-found', 'there is no pod web'],
    [409, 'conflict', 'changed by somebody else'],
    [429, 'rate-limited', 'left alone for a while'],
    [500, 'invalid', 'failed (500)'],
    [503, 'unreachable', 'does not serve just now (503)'],
    [504, 'timeout', '(504)'],
  ])('with %i is told as what it is', async (code, kind, words) => {
    const estate = await estateWith(() =>
      status(code, 'pods "web" is forbidden: User "bot" cannot get resource "pods"'),
    );
    const answer = await estate.inspect(place, signal);
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: kind, target: 'cluster prod' } });
    expect(answer.kind === 'probe-failed' && answer.why.message).toContain(words);
  });

  it('by admission is not told as a missing permission', async () => {
    const estate = await estateWith(() => status(403, 'admission webhook "policy" denied the request: no'));
    expect(await estate.inspect(place, signal)).toMatchObject({
      why: { message: 'the cluster refuses this: admission webhook "policy" denied the request: no.' },
    });
  });

  it('because of an old token is asked once more with what the kubeconfig says now', async () => {
    let count = 0;
    const estate = await estateWith(() => (++count === 1 ? status(401, 'expired') : { body: { items: [] } }));
    expect(knownValue(await estate.find('pod/web', signal))).toEqual([]);
  });

  it('for a moment is asked again after the moment', async () => {
    let count = 0;
    const estate = await estateWith(() =>
      ++count === 1 ? { ...status(429, 'slow down'), headers: { 'retry-after': '0' } } : { body: { items: [] } },
    );
    expect(knownValue(await estate.find('pod/web', signal))).toEqual([]);
  });
});

describe('an API server that', () => {
  it.each([
    ['says nothing', 'hang', 'timeout'],
    ['hangs up', 'cut', 'unreachable'],
  ] as const)('%s is a finding', async (_, what, code) => {
    const estate = await estateWith(() => what, { deadlineMs: 300 });
    expect(await estate.find('web', signal)).toMatchObject({ kind: 'probe-failed', why: { code } });
  });

  it('forgets its list between two pages is asked from the beginning', async () => {
    let lost = false;
    const estate = await estateWith(({ query }) => {
      if (query.get('continue') === null) return { body: { metadata: { continue: 'n' }, items: [] } };
      if (lost) return { body: { items: [] } };
      lost = true;
      return status(410, 'too old');
    });
    expect(knownValue(await estate.find('pod/web', signal))).toEqual([]);
    expect(server?.asked.map(({ query }) => query.get('continue'))).toEqual([null, 'n', null, 'n']);
  });

  it('is none at all is said to be none', async () => {
    const estate = await estateWith(() => ({ body: '<html>' }));
    expect(await estate.find('web', signal)).toMatchObject({
      why: { code: 'invalid', message: 'what answers there is no Kubernetes API.' },
    });
  });

  it('leaves fields out is no reason to break', async () => {
    const estate = await estateWith(({ path }) => ({
      body: path.endsWith('/pods/web') ? { metadata: {}, spec: { containers: [{ name: 'web' }] } } : {},
    }));
    const facts = knownValue(await estate.inspect(place, signal));
    expect(facts).toMatchObject({ argv: [], imageId: '', state: { status: 'unknown', restartCount: 0 } });
    expect(facts.argvUnknown).toMatchObject({ code: 'not-found' });
  });
});

describe('an account that may not see all namespaces', () => {
  it('is shown its own', async () => {
    const estate = await estateWith(({ path }) =>
      path.includes('/namespaces/own/') ? { body: { items: [] } } : status(403, 'User "bot" cannot list'),
    );
    expect(knownValue(await estate.find('pod/web', signal))).toEqual([]);
  });

  it('is only asked about the namespaces that are configured', async () => {
    const estate = await estateWith(() => ({ body: { items: [] } }), { namespaces: ['docs', 'web'] });
    expect(knownValue(await estate.find('elsewhere/web', signal))).toEqual([]);
    expect(server?.asked).toEqual([]);
    await estate.find('pod/web', signal);
    expect(server?.asked.map(({ path }) => path).sort()).toEqual(
      ['docs', 'web'].map((name) => `/api/v1/namespaces/${name}/pods`),
    );
  });
});

describe('a credential plugin', () => {
  const withPlugin = async (script: string, deadlineMs = 5_000) => {
    server = await fakeApiServer(() => ({ body: { items: [] } }));
    const command = join(server.folder, 'plugin');
    writeFileSync(command, `#!/bin/sh\n${script}\n`);
    chmodSync(command, 0o755);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      args: ['a'],
      env: [{ name: 'B', value: 'b' }],
    };
    return server.estate({ user: { exec }, deadlineMs });
  };
  const bearer = ({ headers }: AskedOf) => headers.authorization;

  it('is asked once for a token', async () => {
    const estate = await withPlugin(`echo '{"status":{"token":"'$1$B'"}}'; echo x >>"$(dirname "$0")/runs"`);
    for (const answer of await Promise.all([1, 2, 3].map(() => estate.find('pod/web', signal)))) knownValue(answer);
    knownValue(await estate.find('pod/web', signal));
    expect(server?.asked.map(bearer)).toEqual(Array.from({ length: 4 }, () => 'Bearer ab'));
    expect(readFileSync(join(server!.folder, 'runs'), 'utf8')).toBe('x\n');
  });

  it('is asked again when its token has expired', async () => {
    const estate = await withPlugin(
      `echo x >>"$0.runs"; echo '{"status":{"token":"'$(wc -l <"$0.runs")'","expirationTimestamp":"2000-01-01T00:00:00Z"}}'`,
    );
    knownValue(await estate.find('pod/web', signal));
    knownValue(await estate.find('pod/web', signal));
    expect(server?.asked.map(bearer)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it.each([
    ['fails', 'echo secret-canary >&2; exit 3', 'ended with exit status 3'],
    ['says nothing sensible', 'echo secret-canary', 'gave no ExecCredential'],
    ['hangs', 'sleep 600', 'did not answer in time and was killed'],
  ])('that %s is a finding, without its words', async (_, script, words) => {
    const estate = await withPlugin(script, 1_000);
    const answer = await estate.find('pod/web', signal);
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'denied' } });
    expect(JSON.stringify(answer)).toContain(words);
    expect(JSON.stringify(answer)).not.toContain('canary');
    expect(server?.asked).toEqual([]);
  });

  it('that is not installed is a finding', async () => {
    server = await fakeApiServer(() => ({}));
    const estate = server.estate({ user: { exec: { command: 'execfmt-no-such-plugin' } } });
    expect(await estate.find('web', signal)).toMatchObject({ why: { code: 'denied' } });
  });
});

describe('a kubeconfig', () => {
  it('without such a context names those that it has', async () => {
    server = await fakeApiServer(() => ({}));
    const { createKubernetesEstate } = await import('../../../adapters/estate/kubernetes/estate.ts');
    const { systemClock } = await import('../docker/system-clock.ts');
    server.estate();
    const common = {
      name: 'prod',
      namespaces: null,
      command: 'kubectl',
      images: () => {
        throw new Error('not asked');
      },
      clock: systemClock,
    };
    const kubeconfig = join(server.folder, 'config');
    const other = createKubernetesEstate({ ...common, kubeconfig, context: 'prod' });
    expect(await other.find('web', signal)).toMatchObject({
      why: { code: 'invalid', message: 'the kubeconfig has no context prod; it has x.' },
    });
    const missing = createKubernetesEstate({ ...common, kubeconfig: `${kubeconfig}-not`, context: null });
    expect(await missing.find('web', signal)).toMatchObject({ why: { code: 'invalid' } });
  });
});

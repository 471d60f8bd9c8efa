import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createApi } from '../../../adapters/estate/kubernetes/api.ts';
import { createImageFiles } from '../../../adapters/estate/kubernetes/image-files.ts';
import { readPullSecrets } from '../../../adapters/estate/kubernetes/pull-secrets.ts';
import { createSessions } from '../../../adapters/estate/kubernetes/session.ts';
import type { FileTree } from '../../../src/kernel/file-tree.ts';
import { failed, known } from '../../../src/playbook/answer.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { systemClock } from '../docker/system-clock.ts';
import { type FakeApiServer, fakeApiServer, pageOf } from './fake-api-server.ts';

const signal = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString('base64');

let server: FakeApiServer | null = null;
afterEach(() => server?.close());

describe('the pull secrets of a pod', () => {
  const dockerConfig = (auths: object) => ({ data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) } });
  const secrets: Record<string, object> = {
    first: dockerConfig({ 'https://r.corp.io/v2/': { auth: base64('ann:p:w') } }),
    second: dockerConfig({
      'r.corp.io': { username: 'bob', password: 'x' },
      'https://index.docker.io/v1/': { auth: base64('hub:y') },
    }),
    old: { data: { '.dockercfg': base64(JSON.stringify({ 'old.io': { auth: base64('o:z') } })) } },
    broken: { data: { '.dockerconfigjson': base64('{') } },
  };
  const read = async (...names: string[]) => {
    server = await fakeApiServer(({ path }) => {
      const name = path.split('/').at(-1) ?? '';
      if (name === 'forbidden') return { status: 403, body: { message: 'User "bot" cannot get' } };
      return secrets[name] ? { body: secrets[name] } : { status: 404, body: {} };
    });
    server.estate();
    const sessions = createSessions(
      { name: 'prod', kubeconfig: join(server.folder, 'config'), context: null },
      systemClock,
    );
    const api = createApi({ name: 'prod', sessions, clock: systemClock, deadlineMs: 5_000 });
    const spec = { imagePullSecrets: names.map((name) => ({ name })) };
    return readPullSecrets(api, { metadata: { namespace: 'docs' }, spec }, signal);
  };

  it('are tried in the order in which the pod names them', async () => {
    expect(await read('first', 'second', 'old')).toEqual({
      'r.corp.io': { username: 'ann', password: 'p:w' },
      'docker.io': { username: 'hub', password: 'y' },
      'old.io': { username: 'o', password: 'z' },
    });
  });

  it('that are gone, broken or may not be read are passed over', async () => {
    expect(await read('gone', 'broken', 'forbidden')).toEqual({});
  });

  it('are not asked for when there are none', async () => {
    expect(await read()).toEqual({});
    expect(server?.asked).toEqual([]);
  });
});

describe('the files of a container', () => {
  const tree: FileTree = { lstat: async () => null, read: async () => new Uint8Array([1]) };
  const image = { digest: 'sha256:1', config: {} as never, layers: [], files: tree, verified: () => true };
  const filesWith = (destination: string) =>
    createImageFiles('cluster prod', async () => ({
      image: known(image),
      mounts: [{ kind: 'emptyDir', destination, readOnly: false, noexec: false }],
    }));

  it.each(['/app', '/app/', '/app/render'])('below a volume at %s are not the image’s', async (destination) => {
    const reading = filesWith(destination).read('/app/render', 0, 1);
    await expect(reading).rejects.toMatchObject({
      why: { code: 'unsupported', message: expect.stringContaining('(emptyDir)') },
    });
  });

  it.each(['/ap', '/application', '/app/render/x', '/'])('beside a volume at %s are', async (destination) => {
    expect(await filesWith(destination).read('/app/render', 0, 1)).toEqual(new Uint8Array([1]));
  });

  it('say why they cannot be read, and open the image once', async () => {
    let opened = 0;
    const files = createImageFiles('c', async () => {
      opened += 1;
      return { image: failed('denied', 'registry', 'no.'), mounts: [] };
    });
    await expect(files.lstat('/a')).rejects.toMatchObject({ why: { code: 'denied', target: 'registry' } });
    await expect(files.lstat('/b')).rejects.toThrow();
    expect(opened).toBe(1);
  });
});

describe('an Argo Rollout', () => {
  it('is found by the owner of its ReplicaSets', async () => {
    const owned = (kind: string, name: string, uid: string) => [{ kind, name, uid, controller: true }];
    const labels = { app: 'web' };
    const sets = ['old', 'new'].map((name) => ({
      metadata: { name, namespace: 'docs', uid: name, ownerReferences: owned('Rollout', 'web', 'w') },
      spec: { replicas: name === 'new' ? 1 : 0, selector: { matchLabels: labels } },
    }));
    const pod = {
      metadata: { name: 'web-1', namespace: 'docs', labels, ownerReferences: owned('ReplicaSet', 'new', 'new') },
      spec: { nodeName: 'n1', containers: [{ name: 'web' }] },
    };
    server = await fakeApiServer(({ path, query }) => {
      if (path.endsWith('/replicasets')) return pageOf(sets, query);
      return path.endsWith('/pods') ? pageOf([pod], query) : { body: { items: [] } };
    });
    const estate = server.estate();
    for (const name of ['web', 'rollout/web', 'docs/rollout/web']) {
      expect(knownValue(await estate.find(name, signal)), name).toMatchObject([
        { workload: 'rollout/web', pod: 'web-1' },
      ]);
    }
  });
});

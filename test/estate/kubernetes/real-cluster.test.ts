import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estateContract, knownValue } from '../../contracts/estate-contract.ts';
import { imageSwapperContract } from '../../contracts/image-swapper-contract.ts';
import { suite } from '../../lab/requirements.ts';
import { waitFor } from '../../lab/waiting.ts';
import { CANARY, type ClusterBench, openBench } from './cluster-bench.ts';
import { everyCall } from './permissions.ts';
import { onRealNode } from './real-node.ts';
import { applyManifests, kubeconfigOfBot, shippedPermissions, without } from './service-account.ts';
import { swapperOnCluster } from './swapper-on-cluster.ts';

/** Building Kubernetes, where nobody has done so yet, is part of it. */
const START_MS = 3_600_000;

const signal = new AbortController().signal;

suite('a real control plane', ['kubernetes', 'docker-registry', 'skopeo', 'debian-binaries'], () => {
  let bench: ClusterBench;
  beforeAll(async () => {
    bench = await openBench();
  }, START_MS);
  afterAll(() => bench?.close());

  estateContract('a Kubernetes cluster', async () => {
    const namespace = await bench.namespace();
    const place = await bench.deploy(namespace, 'pdf-renderer', bench.bad);
    return {
      estate: bench.estateFor(),
      name: 'pdf-renderer',
      place,
      nowhere: { ...place, namespace, workload: 'deployment/nothing', pod: 'nothing-1' },
      argv: ['/app/render', '-c', expect.stringContaining('pdf-renderer v3')],
      imageReference: bench.bad,
      repository: bench.repository,
      imageArchitecture: 'arm64',
      hostArchitecture: 'amd64',
      canary: CANARY,
      close: () => bench.plane.admin.delete(`/api/v1/namespaces/${namespace}`),
    };
  });

  imageSwapperContract('a Kubernetes cluster', () => swapperOnCluster(bench));

  describe('names', () => {
    it('may say namespace and kind', async () => {
      const namespace = await bench.namespace();
      const place = await bench.deploy(namespace, 'web', bench.good);
      const estate = bench.estateFor();
      for (const name of [
        `${namespace}/web`,
        `${namespace}/deployment/web`,
        'deploy/web',
        place.pod,
        `pod/${place.pod}`,
      ]) {
        expect(knownValue(await estate.find(name, signal)), name).toEqual([place]);
      }
      for (const name of ['statefulset/web', 'default/web', 'web/deployment/x/y', '../web', 'WEB']) {
        expect(knownValue(await estate.find(name, signal)), name).toEqual([]);
      }
    });
  });

  describe('the shipped roles', () => {
    it('are enough for every call, and each permission that is missing is named', { timeout: 300_000 }, async () => {
      const { plane } = bench;
      await applyManifests(plane, 'rbac-read.yaml');
      const { namespace, calls } = await everyCall(bench, await kubeconfigOfBot(plane));
      await applyManifests(plane, 'rbac-change.yaml', namespace);
      const complaints = async () => {
        const answers = await Promise.all((await calls()).map((call) => call()));
        return answers.flatMap((answer) =>
          answer.kind === 'probe-failed' && answer.why.code === 'denied' ? [answer.why.message] : [],
        );
      };
      await waitFor('the roles to hold', 20_000, async () => ((await complaints()).length === 0 ? true : null));
      for (const file of ['rbac-read.yaml', 'rbac-change.yaml']) {
        for (const permission of shippedPermissions(file)) {
          const { group, resource, verb } = permission;
          const named = `the verb "${verb}" on "${resource}"${group === '' ? '' : ` (${group})`}`;
          await without(plane, file, permission, async () => {
            await waitFor(
              `somebody to miss ${named}`,
              20_000,
              async () => (await complaints()).some((text) => text.includes(named)) || null,
            );
          });
        }
      }
    });
  });

  onRealNode(() => bench);
});

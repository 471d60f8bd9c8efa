import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estateContract, knownValue } from '../../contracts/estate-contract.ts';
import { imageSwapperContract } from '../../contracts/image-swapper-contract.ts';
import { runExecfmt } from '../../e2e/run-execfmt.ts';
import { suite } from '../../lab/requirements.ts';
import { waitFor } from '../../lab/waiting.ts';
import { CANARY, type ClusterBench, openBench } from './cluster-bench.ts';
import { everyCall } from './permissions.ts';
import { onRealNode } from './real-node.ts';
import { applyManifests, kubeconfigOfBot, shippedPermissions, without } from './service-account.ts';
import { swapperOnCluster } from './swapper-on-cluster.ts';
import { writeConfiguration } from './write-configuration.ts';

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

  describe('a mixed pool', () => {
    const diagnose = async (name: string) => {
      const args = ['diagnose', name, '--json', '-c', writeConfiguration(bench)];
      const { status, stdout, stderr } = await runExecfmt(args);
      return { status, document: JSON.parse(stdout), stderr };
    };

    it('is told by what each kind of its nodes would make of the image', { timeout: 120_000 }, async () => {
      const namespace = await bench.namespace();
      const labels = { pool: namespace };
      await bench.addNode(`${namespace}-amd64`, 'amd64', labels);
      await bench.addNode(`${namespace}-arm64`, 'arm64', labels);
      const place = await bench.deploy(namespace, 'spread', bench.bad, { ...labels, 'kubernetes.io/arch': 'amd64' });
      const estate = bench.estateFor();
      const bound = knownValue(await estate.pool!(place, signal));
      expect(bound.groups.map(({ nodes }) => nodes)).toEqual([[`${namespace}-amd64`]]);
      await bench.plane.admin.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/spread`, {
        spec: { template: { spec: { nodeSelector: { 'kubernetes.io/arch': null } } }, paused: true },
      });
      const { status, document, stderr } = await diagnose(`${namespace}/spread`);
      expect(status, stderr).toBe(1);
      const file = document.steps.find(({ id }: { id: string }) => id === 'file');
      const pool = file.findings.find(({ check }: { check: string }) => check === 'Nodes it may be scheduled to');
      expect(pool.observed).toContain(`linux/arm64 (${namespace}-arm64): would run it`);
      expect(pool.observed).toMatch(/linux\/amd64 \(.*-amd64\): \/app\/render/);
      const remedy = document.remedies.find(({ kind }: { kind: string }) => kind === 'schedule-to-arch');
      expect(remedy).toMatchObject({ fit: 'mitigates', platform: 'linux/arm64' });
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

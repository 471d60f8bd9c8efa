import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { tryCluster } from '../../../adapters/estate/kubernetes/try-cluster.ts';
import type { InstanceFacts } from '../../../src/playbook/evidence.ts';
import { estateContract, knownValue } from '../../contracts/estate-contract.ts';
import { imageSwapperContract } from '../../contracts/image-swapper-contract.ts';
import { runExecfmt } from '../../e2e/run-execfmt.ts';
import { suite } from '../../lab/requirements.ts';
import { waitFor } from '../../lab/waiting.ts';
import { systemClock } from '../docker/system-clock.ts';
import { CANARY, type ClusterBench, openBench } from './cluster-bench.ts';
import { startClusterStage } from './cluster-stage.ts';
import { everyCall } from './permissions.ts';
import { onRealNode } from './real-node.ts';
import { onNodeSelectors } from './real-scheduling.ts';
import { onSets } from './real-sets.ts';
import { applyManifests, kubeconfigOfBot, shippedPermissions, without } from './service-account.ts';
import { swapAt, swapperFor, swapperOnCluster } from './swapper-on-cluster.ts';
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

  describe('a name with two meanings', () => {
    it('is asked about, and each answer means one of them', { timeout: 120_000 }, async () => {
      const namespaces = [await bench.namespace(), await bench.namespace()].sort();
      for (const namespace of namespaces) await bench.deploy(namespace, 'twofold', bench.bad);
      const asked = await runExecfmt(['diagnose', 'twofold', '-c', writeConfiguration(bench)]);
      expect(asked.status).toBe(2);
      const answers = namespaces.map((namespace) => `execfmt diagnose ${namespace}/twofold --on ${bench.cluster}`);
      for (const answer of answers) expect(asked.stderr).toContain(answer);
      expect(asked.stdout).toBe('');
      const [, ...args] = (answers[0] ?? '').split(' ');
      const { status, stdout } = await runExecfmt([...args, '--json', '-c', writeConfiguration(bench)]);
      expect(status).toBe(1);
      expect(JSON.parse(stdout).instances).toMatchObject([{ where: { namespace: namespaces[0] } }]);
    });

    it('is answered by a button', { timeout: 120_000 }, async () => {
      const namespaces = [await bench.namespace(), await bench.namespace()].sort();
      for (const namespace of namespaces) await bench.deploy(namespace, 'either', bench.bad);
      const stage = await startClusterStage(bench, namespaces[0] ?? '', 'deployment/either');
      try {
        const run = await stage.choose('either', 1);
        expect(run.instances).toMatchObject([{ where: { namespace: namespaces[1] } }]);
      } finally {
        await stage.stop();
      }
    });
  });

  describe('the blast radius', () => {
    it('is told in the step of the impact, and holds nothing up', { timeout: 120_000 }, async () => {
      const namespace = await bench.namespace();
      await bench.deploy(namespace, 'hit', bench.bad);
      for (const name of ['neighbour-a', 'neighbour-b']) await bench.deploy(namespace, name, bench.bad);
      await bench.deploy(namespace, 'well', bench.good);
      const config = writeConfiguration(bench, [namespace]);
      const { status, stdout, stderr } = await runExecfmt(['diagnose', `${namespace}/hit`, '--json', '-c', config]);
      expect(status, stderr).toBe(1);
      const { steps } = JSON.parse(stdout);
      const impact = steps.find(({ id }: { id: string }) => id === 'impact');
      expect(impact.status).toBe('problem');
      const found = impact.findings.find(
        ({ check }: { check: string }) => check === `Other workloads on ${bench.cluster}`,
      );
      const [first, second, ...more] = found.observed.split('\n');
      expect(first).toBe('2 of 3 would fail on a node that they may be scheduled to:');
      expect(second).toContain(
        `${namespace}/deployment/neighbour-a (render), ${namespace}/deployment/neighbour-b (render): `,
      );
      expect(second).toContain(`${bench.bad} on linux/amd64 (one node): wrong-platform-image: `);
      expect(more).toEqual([]);
    });
  });

  describe('what the cluster knows of a change', () => {
    it('is told: revisions with their causes, who set the image, and who owns it', async () => {
      const namespace = await bench.namespace();
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
      const place = await bench.deploy(namespace, 'web', bench.good);
      await bench.plane.admin.patch(path, {
        metadata: {
          annotations: { 'kubernetes.io/change-cause': 'release 3' },
          labels: { 'argocd.argoproj.io/instance': 'docs' },
        },
        spec: { template: { spec: { containers: [{ name: 'render', image: bench.bad }] } } },
      });
      const estate = bench.estateFor();
      await waitFor('the second revision', 30_000, async () => {
        const { revisions } = knownValue(await estate.history!(place, signal));
        return revisions.length === 2 && revisions[0]?.cause === 'release 3' ? true : null;
      });
      const history = knownValue(await estate.history!(place, signal));
      expect(history.revisions.map(({ number, image }) => [number, image])).toEqual([
        [2, bench.bad],
        [1, bench.good],
      ]);
      expect(history.imageSetBy).toMatch(/\(Update, 20/);
      expect(knownValue(await estate.inspect(place, signal)).managedBy).toBe('Argo CD application "docs"');
      const swapper = swapperFor(bench);
      const swap = await swapAt(bench, swapper, place);
      const objection = knownValue((await swapper.objection?.(swap, signal))!);
      expect(objection?.why).toContain('belongs to Argo CD application "docs"');
      expect(parse(objection?.patch ?? '').spec.template.spec).toEqual({
        containers: [{ name: 'render', image: bench.good }],
      });
      expect(objection?.why).toContain(`kubectl -n ${namespace} set image deployment/web render=${bench.good}`);
      for (const phase of swapper.phases) expect((await phase.run(swap, signal)).kind).toBe('probe-failed');
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
    it('are what is asked for when a cluster is tried, and what is missing is named', {
      timeout: 120_000,
    }, async () => {
      const { plane } = bench;
      await applyManifests(plane, 'rbac-read.yaml');
      const [namespace, kubeconfig] = [await bench.namespace(), await kubeconfigOfBot(plane)];
      const attempt = async (permissions: 'read' | 'change', namespaces: readonly string[] | null) => {
        const trial = { name: 'real', kubeconfig, context: null, namespaces, permissions } as const;
        return knownValue(await tryCluster({ ...trial, clock: systemClock, deadlineMs: 10_000 }, signal));
      };
      await waitFor('the roles to hold', 20_000, async () =>
        (await attempt('read', null)).lacks.length === 0 ? true : null,
      );
      const { detail, lacks } = await attempt('change', [namespace]);
      expect(detail).toMatch(/^Kubernetes v1\.\d+/);
      const named = shippedPermissions('rbac-change.yaml').map(
        ({ verb, resource }) => `${verb} ${resource} in ${namespace}`,
      );
      expect([...lacks].sort()).toEqual(named.sort());
    });

    it('are enough for every call, and each permission that is missing is named', { timeout: 300_000 }, async () => {
      const { plane } = bench;
      await applyManifests(plane, 'rbac-read.yaml');
      const { namespace, calls } = await everyCall(bench, await kubeconfigOfBot(plane));
      await applyManifests(plane, 'rbac-change.yaml', namespace);
      const complaints = async () => {
        const answers = await Promise.all((await calls()).map((call) => call()));
        const texts = answers.map((answer) =>
          answer.kind === 'known' ? ((answer.value as Partial<InstanceFacts>).state?.error ?? '') : answer.why.message,
        );
        return texts.filter((text) => text.includes('not permitted'));
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

  onNodeSelectors(() => bench);

  onSets(
    'played nodes',
    () => bench,
    () => 'worker-amd64',
  );

  onRealNode(() => bench);
});

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REAL_ENGINE } from '../e2e/real-engine.ts';
import { type LabPostgres, startPostgres } from '../lab/postgres.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { shippedImage } from './build-shipped-image.ts';
import { type ChartCluster, startChartCluster } from './chart-cluster.ts';
import { endOf, keepObject, type Pod, readyPods } from './cluster-pods.ts';
import { type Manifest, objectsOf, renderChart, type Values } from './helm.ts';
import { type PageVisitor, signIn } from './page-visitor.ts';

/** Helm, and Kubernetes where nobody has done so yet, are built. */
const BUILD_MS = 3_600_000;
const LONG = { timeout: 400_000 };
const TOKEN = 'ada-token-0123456789';
const BROKEN = 'docs/deployment/pdf-renderer';

const secret = (name: string, stringData: Readonly<Record<string, string>>): Manifest =>
  ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'execfmt' }, stringData }) as Manifest;
const baseOf = ({ status }: Pod) => `http://${status.podIP}:3000`;
const enter = (pod: Pod): Promise<PageVisitor> => signIn(baseOf(pod), TOKEN);

suite('the chart’s pods on a real kubelet', [...REAL_ENGINE, 'kubernetes', 'go', 'postgresql', 'x86-64'], () => {
  let cluster: ChartCluster;
  beforeAll(async () => {
    cluster = await startChartCluster(await shippedImage());
    await cluster.apply([secret('execfmt-people', { ada: TOKEN })]);
  }, BUILD_MS);
  afterAll(() => cluster?.stop(), 120_000);

  /** The chart as it stands, for this cluster's registry, with a page that Ada may open. */
  const render = async (values: Values): Promise<readonly Manifest[]> =>
    objectsOf(
      await renderChart({
        config: {
          clusters: { here: {} },
          registries: { [cluster.registry]: { plainHttp: true } },
          chat: { web: { listen: '0.0.0.0:3000', people: [{ name: 'ada', tokenEnv: 'ADA_TOKEN' }] } },
        },
        secretEnv: { ADA_TOKEN: { secret: 'execfmt-people', key: 'ada' } },
        ...values,
      }),
    );
  const admin = () => cluster.plane.admin;

  /** Its probes have said so already; this is from outside, without the kubelet. */
  async function expectAnswers(pod: Pod): Promise<void> {
    for (const path of ['/healthz', '/readyz']) expect((await fetch(baseOf(pod) + path)).status, path).toBe(200);
    expect(pod.status.containerStatuses).toMatchObject([{ restartCount: 0 }]);
  }

  describe('one replica on SQLite', () => {
    let first: Pod;

    it('becomes ready, restricted, on a volume that it can write to', LONG, async () => {
      await cluster.apply(await render({}));
      [first] = (await readyPods(admin(), 1)) as [Pod];
      await expectAnswers(first);
      expect(statSync(join(cluster.volume, 'execfmt.db'))).toMatchObject({ uid: 1000, gid: 1000 });
    });

    it('reads its own cluster with the account of the chart', LONG, async () => {
      const page = await enter(first);
      const run = await page.ask(`/execfmt ${BROKEN}`);
      expect(await page.read(run, 'It will not run')).toContain('exec format error');
    });

    it('is replaced in an update: ends cleanly first, and the next knows its runs', LONG, async () => {
      await keepObject(admin(), first);
      await cluster.apply(await render({ podAnnotations: { 'execfmt.test/update': '1' } }));
      expect(await endOf(admin(), first)).toMatchObject({ exitCode: 0, reason: 'Completed' });
      const [next] = (await readyPods(admin(), 1, [first.metadata.uid])) as [Pod];
      await expectAnswers(next);
      const page = await enter(next);
      expect(await page.read('/runs', 'pdf-renderer')).toContain('wrong-platform-image');
    });

    it('ends cleanly when it is deleted', LONG, async () => {
      const [last] = (await readyPods(admin(), 1)) as [Pod];
      await keepObject(admin(), last);
      await admin().delete('/apis/apps/v1/namespaces/execfmt/statefulsets/execfmt');
      expect(await endOf(admin(), last)).toMatchObject({ exitCode: 0 });
    });
  });

  describe('two replicas on PostgreSQL', () => {
    const DEPLOYMENT = '/apis/apps/v1/namespaces/execfmt/deployments/execfmt';
    const values = { replicas: 2, store: { kind: 'postgres' } };
    let server: LabPostgres;
    let before: readonly Pod[];
    beforeAll(async () => {
      server = await startPostgres({ durable: false });
      const { port } = new URL(await server.createDatabase('execfmt'));
      await cluster.network.forward(cluster.network.gateway, Number(port), Number(port));
      const url = `postgres://lab@${cluster.network.gateway}:${port}/execfmt`;
      await cluster.apply([secret('execfmt-postgres', { DATABASE_URL: url })]);
    });
    afterAll(() => server?.stop());

    it('become ready, and each shows what the other did', LONG, async () => {
      await cluster.apply(await render(values));
      before = await readyPods(admin(), 2);
      for (const pod of before) await expectAnswers(pod);
      const [one, other] = (await Promise.all(before.map(enter))) as [PageVisitor, PageVisitor];
      const run = await one.ask(`/execfmt ${BROKEN}`);
      await one.read(run, 'It will not run');
      await other.read(run, 'It will not run');
    });

    it('are updated without one moment in which fewer are available', LONG, async () => {
      // Ready for a while (minReadySeconds) is what counts.
      const nowAvailable = async () =>
        (await admin().get<{ status: { availableReplicas?: number } }>(DEPLOYMENT))?.status.availableReplicas ?? 0;
      await waitFor('both to be available', 60_000, async () => (await nowAvailable()) === 2 || null);
      for (const pod of before) await keepObject(admin(), pod);
      const available: number[] = [];
      await cluster.apply(await render({ ...values, podAnnotations: { 'execfmt.test/update': '1' } }));
      const old = before.map(({ metadata }) => metadata.uid);
      let over = false;
      const watching = (async () => {
        while (!over) {
          available.push(await nowAvailable());
          await sleep(200);
        }
      })();
      const after = await readyPods(admin(), 2, old).finally(() => {
        over = true;
      });
      await watching;
      expect(Math.min(...available)).toBeGreaterThanOrEqual(2);
      for (const pod of before) expect(await endOf(admin(), pod)).toMatchObject({ exitCode: 0 });
      for (const pod of after) await expectAnswers(pod);
    });
  });
});

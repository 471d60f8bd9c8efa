import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import { type ControlPlane, startControlPlane } from '../lab/kubernetes/control-plane.ts';
import { suite } from '../lab/requirements.ts';
import { CHART, helm, type Manifest, objectsOf, renderChart, type Values } from './helm.ts';
import { tryOnServer } from './try-on-server.ts';

/** Helm, and Kubernetes where nobody has done so yet, are built. */
const BUILD_MS = 3_600_000;
const ROOT = resolve(import.meta.dirname, '../..');
const KUBERNETES = resolve(ROOT, 'deploy/kubernetes');
const read = (file: string) => readFileSync(resolve(ROOT, file), 'utf8');
const POSTGRES: Values = { replicas: 3, store: { kind: 'postgres' } };
/** Everything that can be switched on. */
const FULL: Values = {
  ...POSTGRES,
  image: { digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry-corp' }],
  secretEnv: { SLACK_BOT_TOKEN: { secret: 'execfmt-slack', key: 'bot-token' } },
  secretFiles: ['execfmt-registry'],
  env: { LOG_LEVEL: 'debug' },
  extraVolumes: [{ name: 'ssh', secret: { secretName: 'execfmt-ssh', defaultMode: 0o440 } }],
  extraVolumeMounts: [{ name: 'ssh', mountPath: '/home/node/.ssh', readOnly: true }],
  rbac: { namespaces: ['docs'], changeNamespaces: ['docs'], pullSecrets: [{ namespace: 'docs', name: 'corp' }] },
  ingress: { enabled: true, className: 'nginx', tlsSecret: 'execfmt-tls' },
  networkPolicy: { from: [{ namespaceSelector: {} }], egressPorts: [443, 2376] },
  priorityClassName: 'system-cluster-critical',
  tolerations: [{ operator: 'Exists' }],
};
/** What docs/install.md tells to write. */
const DOCUMENTED = [...read('docs/install.md').matchAll(/^```yaml\n(# values\.yaml\n[\s\S]*?)^```/gm)].map(
  ([, text = '']) => parse(text) as Values,
);
const SHAPES: Readonly<Record<string, Values>> = {
  'one replica on SQLite': {},
  'several on PostgreSQL': POSTGRES,
  'everything switched on': FULL,
  ...Object.fromEntries(DOCUMENTED.map((values, index) => [`example ${index + 1} of docs/install.md`, values])),
};

/** What deploy/kubernetes has beside the roles: the chart, owned by nobody, for the namespace `execfmt`. */
const PLAIN: Values = { ownedByHelm: false, serviceAccount: { create: false }, rbac: { create: false } };
const HEADER = (shape: string) =>
  `# ${shape}. Apply rbac-read.yaml first: it has the namespace, the account and its permissions.\n` +
  '# Rendered from deploy/helm/execfmt by `npx vitest run test/deploy/chart.test.ts -u`: change it there.\n';

const shipped = (file: string) => objectsOf(read(`deploy/kubernetes/${file}`));

const one = (objects: readonly Manifest[], kind: string): Manifest => {
  const found = objects.filter((object) => object.kind === kind);
  expect(found, kind).toHaveLength(1);
  return found[0] as Manifest;
};

suite('the Helm chart', ['go'], () => {
  beforeAll(() => helm('version'), BUILD_MS);

  it('passes helm’s own lint', async () => {
    const said = await helm('lint', '--strict', '--kube-version', 'v1.33.0', CHART);
    expect(said).toContain('0 chart(s) failed');
  });

  it('has two examples in docs/install.md', () => expect(DOCUMENTED).toHaveLength(2));

  it('refuses several processes on one SQLite file, and values that it does not know', async () => {
    await expect(renderChart({ replicas: 2 })).rejects.toThrow('Several replicas need PostgreSQL');
    await expect(renderChart({ replica: 1 })).rejects.toThrow('replica');
    await expect(renderChart({ image: { digest: 'latest' } })).rejects.toThrow('digest');
    await expect(renderChart({ terminationGracePeriodSeconds: 10 })).rejects.toThrow('terminationGracePeriodSeconds');
  });

  describe.each(Object.entries(SHAPES))('%s', (_, values) => {
    let objects: readonly Manifest[];
    const workload = () => objects.find(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind)) as Manifest;
    beforeAll(async () => {
      objects = objectsOf(await renderChart(values));
    });

    it('has a configuration that execfmt takes', () => {
      const text = one(objects, 'ConfigMap').data?.['execfmt.yaml'] ?? '';
      expect(parseConfig(text, 'execfmt.yaml')).toMatchObject({ ok: true });
      expect(text.includes('store:')).toBe(workload().kind === 'StatefulSet');
    });

    it('runs restricted, with a read-only root, and room to write where it must', () => {
      const { spec } = workload().spec.template;
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      const [container] = spec.containers;
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const written = container.volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => !readOnly);
      const paths = written.map(({ mountPath }: { mountPath: string }) => mountPath);
      expect(paths).toEqual(workload().kind === 'StatefulSet' ? ['/tmp', '/data'] : ['/tmp']);
      expect(container.resources.limits.memory).toBeDefined();
    });

    it('is probed, drained and given time to hand over', () => {
      const { spec } = workload().spec.template;
      const [container] = spec.containers;
      expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
      expect(container.startupProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
      expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' });
      const [, drain] = container.lifecycle.preStop.exec.command;
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(drain) + stopSeconds());
    });

    it('lets in only who is named, and out only to what is named', () => {
      const { spec } = one(objects, 'NetworkPolicy');
      expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
      expect(spec.podSelector).toEqual(workload().spec.selector);
      expect(spec.ingress).toHaveLength('networkPolicy' in values ? 1 : 0);
      const [{ ports }] = spec.egress;
      expect(ports.map(({ port }: { port: number }) => port)).toContain(443);
    });

    it('keeps a replica through a drain and an update where there are several', () => {
      const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');
      expect(budgets.map(({ spec }) => spec.maxUnavailable)).toEqual(workload().spec.replicas > 1 ? [1] : []);
      if (workload().kind === 'Deployment')
        expect(workload().spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    });
  });

  it('gives the permissions of deploy/kubernetes, no more and no fewer', async () => {
    const roles = ['rbac-read.yaml', 'rbac-change.yaml'].flatMap(shipped);
    const rulesOf = (objects: readonly Manifest[]) =>
      Object.fromEntries(
        objects.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata, rules }) => [metadata.name, rules]),
      );
    expect(rulesOf(objectsOf(await renderChart(FULL)))).toEqual(rulesOf(roles));
    expect(Object.keys(rulesOf(objectsOf(await renderChart({}))))).toEqual(['execfmt-read', 'execfmt-read-nodes']);
  });

  it('is what the plain manifests are', async () => {
    const sqlite = HEADER('One replica on SQLite') + (await renderChart(PLAIN));
    await expect(sqlite).toMatchFileSnapshot(resolve(KUBERNETES, 'execfmt-sqlite.yaml'));
    const postgres = HEADER('Several replicas on PostgreSQL') + (await renderChart({ ...POSTGRES, ...PLAIN }));
    await expect(postgres).toMatchFileSnapshot(resolve(KUBERNETES, 'execfmt-postgres.yaml'));
  });
});

/** How long `execfmt serve` may take to stop. */
function stopSeconds(): number {
  const [, ms] = /STOP_MS = ([\d_]+)/.exec(read('src/cli/serve.ts')) ?? [];
  return Number(ms?.replaceAll('_', '')) / 1_000;
}

suite('the manifests on a real API server', ['kubernetes', 'go', 'debian-binaries'], () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    await helm('version');
    plane = await startControlPlane();
    const [namespace, account] = shipped('rbac-read.yaml');
    await plane.admin.create('/api/v1/namespaces', namespace);
    await plane.admin.create('/api/v1/namespaces/execfmt/serviceaccounts', account);
    await plane.admin.create('/api/v1/namespaces', { metadata: { name: 'docs' } });
  }, BUILD_MS);
  afterAll(() => plane?.stop());

  const accepted = { status: 201, message: '', warnings: [] };

  it.each(Object.entries(SHAPES))('accepts the chart without a warning: %s', async (_, values) => {
    const objects = objectsOf(await renderChart({ ...values, serviceAccount: { create: false } }));
    for (const object of objects)
      expect(await tryOnServer(plane, object), `${object.kind} ${object.metadata.name}`).toEqual(accepted);
  });

  it.each(['execfmt-sqlite.yaml', 'execfmt-postgres.yaml', 'rbac-change.yaml'])(
    'accepts %s without a warning',
    async (file) => {
      const objects = shipped(file);
      expect(objects.length).toBeGreaterThan(1);
      for (const object of objects) expect(await tryOnServer(plane, object), object.kind).toEqual(accepted);
    },
  );

  it('would let the pod in under the restricted standard, and no pod that asks for more', async () => {
    const objects = objectsOf(await renderChart({ serviceAccount: { create: false } }));
    const { template } = one(objects, 'StatefulSet').spec;
    const pod = (spec: unknown): Manifest => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'probe', namespace: 'execfmt' },
      spec,
    });
    const spec = {
      ...template.spec,
      volumes: [...template.spec.volumes, { name: 'data', emptyDir: {} }],
    };
    expect(await tryOnServer(plane, pod(spec))).toEqual(accepted);
    const rooted = { ...spec, securityContext: { ...spec.securityContext, runAsNonRoot: false, runAsUser: 0 } };
    expect(await tryOnServer(plane, pod(rooted))).toMatchObject({ status: 403 });
    const misspelt = { ...spec, terminationGraceSeconds: 45 };
    expect(await tryOnServer(plane, pod(misspelt))).toMatchObject({
      status: 400,
      message: expect.stringContaining('terminationGraceSeconds'),
    });
  });
});

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScratchFolder, removeLabFolder } from '../lab-folder.ts';
import { waitFor } from '../waiting.ts';
import { type ClusterClient, createClusterClient } from './cluster-client.ts';
import { type Daemon, freePorts, startDaemon } from './daemon.ts';
import { etcdPath, programPath } from './programs.ts';

/** A real API server with etcd, controllers and scheduler, and no node. */
export interface ControlPlane {
  readonly folder: string;
  readonly server: string;
  /** As somebody who may do everything. */
  readonly admin: ClusterClient;
  /** Writes a kubeconfig for a token, and gives its path. */
  kubeconfig(name: string, token?: string): string;
  stop(): Promise<void>;
}

const START_MS = 180_000;
const SERVICE_RANGE = '10.90.0.0/24';

/** Starts one on free ports of 127.0.0.1; rejects with the last words of what did not start. */
export async function startControlPlane({ serviceRange = SERVICE_RANGE } = {}): Promise<ControlPlane> {
  const etcd = await etcdPath();
  const apiserver = await programPath('kube-apiserver');
  const manager = await programPath('kube-controller-manager');
  const scheduler = await programPath('kube-scheduler');
  const folder = createScratchFolder('cluster');
  const [client = 0, peer = 0, port = 0] = await freePorts(3);
  const server = `https://127.0.0.1:${port}`;
  const token = randomBytes(16).toString('hex');
  const daemons: Daemon[] = [];
  const start = (name: string, command: string, args: readonly string[]) =>
    daemons.push(startDaemon({ folder, name, command, args }));
  const stop = async () => {
    for (const daemon of daemons.toReversed()) await daemon.stop();
    removeLabFolder(folder);
  };
  const at = (name: string) => join(folder, name);
  writeFileSync(at('tokens.csv'), `${token},admin,admin,system:masters\n`);
  writeFileSync(
    at('service-account.key'),
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  try {
    start('etcd', etcd, etcdArguments(folder, client, peer));
    start('kube-apiserver', apiserver, apiserverArguments(folder, client, port, serviceRange));
    const evidence = () => daemons.map((daemon) => daemon.evidence()).join('\n');
    const admin = createClusterClient(server, token, () => readFileSync(at('certs/apiserver.crt')));
    await waitFor(
      'the API server to be ready',
      START_MS,
      async () => {
        for (const daemon of daemons) daemon.check();
        return (await admin.isReady()) || null;
      },
      evidence,
    );
    const kubeconfig = (name: string, of: string = token) => writeKubeconfig(folder, server, name, of);
    const config = [
      '--kubeconfig',
      kubeconfig('admin'),
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      '--secure-port=0',
    ];
    start('kube-controller-manager', manager, [
      ...config,
      ...[
        '--service-account-private-key-file',
        at('service-account.key'),
        '--use-service-account-credentials=true',
        '--root-ca-file',
        at('certs/apiserver.crt'),
      ],
    ]);
    start('kube-scheduler', scheduler, config);
    await waitFor(
      'the default service account',
      START_MS,
      async () => {
        for (const daemon of daemons) daemon.check();
        return admin.get('/api/v1/namespaces/default/serviceaccounts/default');
      },
      evidence,
    );
    return { folder, server, admin, kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const etcdArguments = (folder: string, client: number, peer: number) => [
  ...['--data-dir', join(folder, 'etcd'), '--name', 'lab', '--initial-cluster', `lab=http://127.0.0.1:${peer}`],
  ...['--listen-client-urls', `http://127.0.0.1:${client}`, '--advertise-client-urls', `http://127.0.0.1:${client}`],
  ...['--listen-peer-urls', `http://127.0.0.1:${peer}`, '--initial-advertise-peer-urls', `http://127.0.0.1:${peer}`],
];

const apiserverArguments = (folder: string, etcd: number, port: number, serviceRange: string) => [
  ...['--etcd-servers', `http://127.0.0.1:${etcd}`, '--cert-dir', join(folder, 'certs')],
  ...['--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1', '--secure-port', String(port)],
  ...['--kubelet-preferred-address-types', 'Hostname,InternalIP'],
  ...['--service-cluster-ip-range', serviceRange, '--endpoint-reconciler-type', 'none'],
  ...['--token-auth-file', join(folder, 'tokens.csv'), '--authorization-mode', 'Node,RBAC', '--allow-privileged=true'],
  ...['--service-account-issuer', 'https://kubernetes.default.svc'],
  ...['--service-account-key-file', join(folder, 'service-account.key')],
  ...['--service-account-signing-key-file', join(folder, 'service-account.key')],
];

function writeKubeconfig(folder: string, server: string, name: string, token: string): string {
  const path = join(folder, `${name}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority': join(folder, 'certs/apiserver.crt') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: name, namespace: 'default' } }],
    'current-context': 'lab',
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { ControlPlane } from '../lab/kubernetes/control-plane.ts';
import type { Manifest } from './helm.ts';

/** What the API server says to an object that it is only asked about. */
export interface ServerAnswer {
  readonly status: number;
  /** Of a refusal. */
  readonly message: string;
  /** As kubectl shows them: unknown fields, deprecated versions, what the pod security standard would refuse. */
  readonly warnings: readonly string[];
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly 'certificate-authority': string } }];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

const PLURALS: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' };
const IN_NO_NAMESPACE = ['ClusterRole', 'ClusterRoleBinding', 'Namespace', 'PersistentVolume'];

/** `kubectl create --dry-run=server --validate=strict`: all of admission, and nothing is stored. */
export async function tryOnServer(plane: ControlPlane, manifest: Manifest): Promise<ServerAnswer> {
  const { clusters, users } = JSON.parse(readFileSync(plane.kubeconfig('admin'), 'utf8')) as Kubeconfig;
  const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
  const ca = readFileSync(clusters[0].cluster['certificate-authority']);
  const url = `${plane.server}${collectionOf(manifest)}?dryRun=All&fieldValidation=Strict`;
  const answer = await new Promise<IncomingMessage>((done, fail) => {
    const sent = request(url, { method: 'POST', headers, ca, timeout: 60_000 }, done);
    sent.on('timeout', () => sent.destroy(new Error(`${url} took too long`)));
    sent.on('error', fail);
    sent.end(JSON.stringify(manifest));
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const { message = '' } = JSON.parse(Buffer.concat(chunks).toString()) as { message?: string };
  return { status: answer.statusCode ?? 0, message, warnings: [answer.headers.warning ?? []].flat() };
}

/** Where the API server has objects of that kind, in the namespace that this one names. */
export function collectionOf({ apiVersion, kind, metadata }: Manifest): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  return IN_NO_NAMESPACE.includes(kind)
    ? `${base}/${plural}`
    : `${base}/namespaces/${metadata.namespace ?? 'default'}/${plural}`;
}

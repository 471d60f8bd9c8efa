import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ControlPlane } from '../../lab/kubernetes/control-plane.ts';
import { waitFor } from '../../lab/waiting.ts';

const DEPLOY = resolve(import.meta.dirname, '../../../deploy/kubernetes');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
}

/** One permission: a verb on a resource of a group. */
export interface Permission {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const COLLECTIONS: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
};

/** The objects of a file in deploy/kubernetes. */
export function manifests(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(DEPLOY, file), 'utf8')).map((document) => document.toJS() as Manifest);
}

/** Applies a shipped file as it stands; what is there already stays. A namespaced binding goes into `namespace`. */
export async function applyManifests(plane: ControlPlane, file: string, namespace?: string): Promise<void> {
  for (const manifest of manifests(file)) {
    const bound =
      manifest.kind === 'RoleBinding' ? (namespace ?? manifest.metadata.namespace) : manifest.metadata.namespace;
    const path = (COLLECTIONS[manifest.kind] ?? '').replace('NS', bound ?? '');
    if (await plane.admin.get(`${path}/${manifest.metadata.name}`)) continue;
    const metadata = bound === undefined ? manifest.metadata : { ...manifest.metadata, namespace: bound };
    await plane.admin.create(path, { ...manifest, metadata });
  }
}

/** A kubeconfig of the shipped service account. */
export async function kubeconfigOfBot(plane: ControlPlane): Promise<string> {
  const path = '/api/v1/namespaces/execfmt/serviceaccounts/execfmt';
  await waitFor('the service account', 30_000, () => plane.admin.get(path));
  const { status } = await plane.admin.create<{ status: { token: string } }>(`${path}/token`, { spec: {} });
  return plane.kubeconfig('bot', status.token);
}

/** Every single permission that the shipped files give. */
export function shippedPermissions(file: string): Permission[] {
  return manifests(file).flatMap(({ rules }) => (rules ?? []).flatMap(permissionsOf));
}

function permissionsOf({ apiGroups, resources, verbs }: Rule): Permission[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
  );
}

/** Takes one permission out of the roles, for as long as `during` takes; the API server sees it at once or soon after. */
export async function without(
  plane: ControlPlane,
  file: string,
  gone: Permission,
  during: () => Promise<void>,
): Promise<void> {
  for (const { kind, metadata, rules } of manifests(file)) {
    if (kind !== 'ClusterRole' || !rules) continue;
    const path = `${COLLECTIONS.ClusterRole}/${metadata.name}`;
    const left = rules
      .flatMap(permissionsOf)
      .filter(({ group, resource, verb }) => group !== gone.group || resource !== gone.resource || verb !== gone.verb)
      .map(({ group, resource, verb }) => ({ apiGroups: [group], resources: [resource], verbs: [verb] }));
    if (left.length === rules.flatMap(permissionsOf).length) continue;
    await plane.admin.patch(path, { rules: left });
    try {
      await during();
    } finally {
      await plane.admin.patch(path, { rules });
    }
  }
}

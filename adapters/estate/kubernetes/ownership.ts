import type { ObjectMeta } from './documents.ts';

/** What applies a workload from elsewhere, and would undo a change that is made here. */
export interface Owner {
  /** For a sentence: `Helm release "docs"`. */
  readonly who: string;
  readonly kind: 'gitops' | 'helm' | 'controller';
}

type Mark = readonly [kind: 'labels' | 'annotations', key: string, owner: (value: string) => Owner];

const gitops = (who: string): Owner => ({ who, kind: 'gitops' });
const helm = (who: string): Owner => ({ who, kind: 'helm' });

/** Labels and annotations by which owners mark what they apply, most particular first. */
const MARKS: readonly Mark[] = [
  ['annotations', 'argocd.argoproj.io/tracking-id', (id) => gitops(`Argo CD application "${id.split(':')[0]}"`)],
  ['labels', 'argocd.argoproj.io/instance', (name) => gitops(`Argo CD application "${name}"`)],
  ['labels', 'kustomize.toolkit.fluxcd.io/name', (name) => gitops(`Flux Kustomization "${name}"`)],
  ['labels', 'helm.toolkit.fluxcd.io/name', (name) => helm(`Flux HelmRelease "${name}"`)],
  ['annotations', 'meta.helm.sh/release-name', (name) => helm(`Helm release "${name}"`)],
];

/** Field managers of those that leave no mark (metadata.managedFields). */
const MANAGERS: Readonly<Record<string, Owner>> = {
  'argocd-controller': gitops('Argo CD'),
  'argocd-application-controller': gitops('Argo CD'),
  'kustomize-controller': gitops('Flux'),
  'helm-controller': helm('Flux'),
  helm: helm('Helm'),
};

/** Who applies an object from elsewhere; null when nobody says so. */
export function ownerOf(metadata: ObjectMeta | undefined): Owner | null {
  for (const [kind, key, owner] of MARKS) {
    const value = metadata?.[kind]?.[key];
    if (value) return owner(value);
  }
  const controller = metadata?.ownerReferences?.find((one) => one.controller === true);
  if (controller?.kind) return { who: `${controller.kind} "${controller.name ?? ''}"`, kind: 'controller' };
  for (const { manager } of metadata?.managedFields ?? []) {
    const owner = manager === undefined ? undefined : MANAGERS[manager];
    if (owner) return owner;
  }
  return null;
}

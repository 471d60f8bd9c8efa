import type { Swap } from '../../../../src/ports/image-swap.ts';
import { FIELD_MANAGER } from '../api.ts';
import type { PodDocument, PodSpec, PodTemplate } from '../documents.ts';
import { imageIn } from '../image-history.ts';

/** What is done to the template of a workload: another image for one of its containers, or other nodes for its pods. */
export type TemplateChange =
  | { readonly kind: 'image'; readonly container: string; readonly image: string }
  /** Keys of the node selector to set; null removes one. */
  | { readonly kind: 'node-selector'; readonly labels: Readonly<Record<string, string | null>> };

/** What a swap does to the template. */
export function changeOf(
  { image, nodeSelector }: Pick<Swap, 'image' | 'nodeSelector'>,
  container: string,
): TemplateChange {
  return nodeSelector === undefined
    ? { kind: 'image', container, image }
    : { kind: 'node-selector', labels: nodeSelector };
}

/** What puts the template back as it is now, once a change was made. */
export function undoOf(change: TemplateChange, template: PodTemplate | undefined): TemplateChange {
  if (change.kind === 'image') return { ...change, image: imageIn(template ?? {}, change.container) ?? '' };
  const now = template?.spec?.nodeSelector ?? {};
  const labels = Object.fromEntries(Object.keys(change.labels).map((key) => [key, now[key] ?? null]));
  return { kind: 'node-selector', labels };
}

/** The change as a strategic merge patch of a pod's specification. */
export function podSpecPatch(change: TemplateChange, template: PodTemplate | undefined): object {
  if (change.kind === 'node-selector') return { nodeSelector: change.labels };
  const { container, image } = change;
  const init = template?.spec?.initContainers?.some(({ name }) => name === container) === true;
  const list = [{ name: container, image }];
  return init ? { initContainers: list } : { containers: list };
}

/** The rules by which pods will be scheduled once the change is made. */
export function schedulingAfter(change: TemplateChange, template: PodTemplate | undefined): PodSpec {
  const spec = template?.spec ?? {};
  if (change.kind === 'image') return spec;
  const all = Object.entries({ ...spec.nodeSelector, ...change.labels });
  const nodeSelector = Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
  return { ...spec, nodeSelector };
}

/** Whether a pod was made from the template as the change left it; `image` is that of the container as the pod names it. */
export function isMadeAfter(change: TemplateChange, { spec }: PodDocument, image: string | undefined): boolean {
  if (change.kind === 'image') return image === change.image;
  return Object.entries(change.labels).every(([key, value]) => (spec?.nodeSelector?.[key] ?? null) === value);
}

/** In half a sentence: what is being set. */
export function describeChange(change: TemplateChange): string {
  if (change.kind === 'image') return `the image ${change.image} for the container ${change.container}`;
  const pairs = Object.entries(change.labels).map(([key, value]) => (value === null ? `no ${key}` : `${key}=${value}`));
  return `the node selector ${pairs.join(', ')} for its pods`;
}

/** The change as a person would type it. `workload` is `deployment/pdf-renderer`. */
export function changeCommand(change: TemplateChange, namespace: string, workload: string): string {
  const kubectl = `kubectl -n ${namespace}`;
  if (change.kind === 'image') return `${kubectl} set image ${workload} ${change.container}=${change.image}`;
  const patch = { spec: { template: { spec: { nodeSelector: change.labels } } } };
  return `${kubectl} patch ${workload} --patch '${JSON.stringify(patch)}'`;
}

/** For a person to read before approving: the one change, and how it is undone. No values of environments. */
export function callsOf(swap: Swap): readonly string[] {
  const { where } = swap;
  if (where.kind !== 'kubernetes') return [];
  const { namespace, workload, container } = where;
  const change = changeOf(swap, container);
  const made = `${changeCommand(change, namespace, workload)} --field-manager=${FIELD_MANAGER}`;
  const followed = `kubectl -n ${namespace} rollout status ${workload}`;
  const freed = workload.startsWith('statefulset/')
    ? [
        `where it keeps its pods in order: kubectl -n ${namespace} delete pod of those that the template before has left broken`,
      ]
    : [];
  if (change.kind === 'image')
    return [made, followed, ...freed, 'on failure: the same with the image that is there now'];
  return [
    made,
    followed,
    ...freed,
    'on failure: the node selector is put back as it is now',
    `it stays ${swap.image}: the wrong image is hidden, not mended, and the other nodes are lost to it. To be removed once the image is right: ${removalOf(change, namespace, workload)}`,
  ];
}

/** How the policy that a node selector is goes away again. `undo` is what was there before, when that is known. */
export function removalOf(
  change: TemplateChange,
  namespace: string,
  workload: string,
  undo: TemplateChange | null = null,
): string {
  if (change.kind === 'image') return changeCommand(undo ?? change, namespace, workload);
  const nothing = Object.fromEntries(Object.keys(change.labels).map((key) => [key, null]));
  return changeCommand(undo ?? { kind: 'node-selector', labels: nothing }, namespace, workload);
}

import type { Objection } from '../../../../src/ports/image-swap.ts';
import type { FoundWorkload } from '../find-workloads.ts';
import { type Owner, ownerOf } from '../ownership.ts';
import type { ClusterPlace } from '../read-pod.ts';
import { kustomizeImages, kustomizePatch, offerPatch } from './offer-patch.ts';
import { changeCommand, describeChange, type TemplateChange } from './template-change.ts';

/** The kinds whose controllers replace their pods when the template changes. */
const ROLLED_OUT = new Set(['deployment', 'statefulset', 'daemonset']);

/** What to do by hand with those whose pods stay as they are. */
const BY_HAND: Readonly<Record<string, string>> = {
  replicaset: 'change it by hand, then delete its pods: new ones are made from the new template',
  job: 'the template of a Job cannot be changed: delete it and create it anew',
  cronjob: 'change it by hand: its next run will have it; a run that is under way keeps what it has, so delete that',
};

/**
 * Why a workload is not changed from here, with what to do instead; null when it may be. What somebody else applies
 * would be reverted behind the operator's back, or worse, revert theirs later: the change is a patch to commit there.
 */
export function refuseChange(
  workload: FoundWorkload | null,
  place: ClusterPlace,
  change: TemplateChange,
): Objection | null {
  if (workload === null) return refuseUnrolled(place, change);
  const { kind, namespace, name, document } = workload;
  const what = `${kind}/${name} in namespace ${namespace}`;
  const command = changeCommand(change, namespace, `${kind}/${name}`);
  const owner = ownerOf(document.metadata);
  if (owner) {
    const why = `${what} belongs to ${owner.who}, which would undo a change made here. Commit this there: ${describeChange(change)} (as a command: ${command}).${hintFor(owner)}`;
    return { why, patch: offerPatch(owner, workload, change) };
  }
  const patch = kustomizePatch(workload, change);
  if (document.spec?.paused) {
    const why = `The roll-out of ${what} is paused: somebody works on it. Give them this patch, or resume it (kubectl -n ${namespace} rollout resume ${kind}/${name}), or do it by hand: ${command}.`;
    return { why, patch };
  }
  if (!ROLLED_OUT.has(kind)) {
    const why = `The pods of ${what} are not replaced when it is changed. Instead: ${BY_HAND[kind] ?? 'change it where it is defined'} (as a command: ${command}).`;
    return { why, patch };
  }
  if (document.spec?.updateStrategy?.type === 'OnDelete') {
    const why = `${what} has the update strategy OnDelete: its pods are replaced by hand only. Do it by hand: ${command}, then delete the pods.`;
    return { why, patch };
  }
  return null;
}

/** A bare pod, an Argo Rollout, and whatever else is no built-in workload. */
function refuseUnrolled({ namespace, workload, pod }: ClusterPlace, change: TemplateChange): Objection {
  const [kind = '', name = ''] = workload.split('/');
  if (kind === 'rollout') {
    const image = change.kind === 'image' ? change : null;
    const command =
      image && `: kubectl argo rollouts -n ${namespace} set image ${name} ${image.container}=${image.image}`;
    const why = `${workload} in namespace ${namespace} is rolled out by Argo Rollouts, step by step, and is not followed from here. Set ${describeChange(change)} there${command ?? ''}, or commit it.`;
    return { why, patch: image && kustomizeImages(image.image) };
  }
  const where = `${namespace}/${pod}`;
  const why =
    kind === 'pod'
      ? `${where} stands for itself: nothing would make it anew, here or on another node. Set ${describeChange(change)} where it is defined, delete it and create it again.`
      : `${where} belongs to the custom resource ${workload}: nothing here would roll a change out. Set ${describeChange(change)} where it is defined.`;
  return { why, patch: null };
}

const hintFor = ({ kind }: Owner): string =>
  kind === 'helm'
    ? ' In the values of the chart, as most charts name them:'
    : kind === 'gitops'
      ? ' As a patch for kustomize:'
      : '';

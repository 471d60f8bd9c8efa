import type { FoundWorkload } from '../find-workloads.ts';
import { ownerOf } from '../ownership.ts';
import { changeCommand, describeChange, type TemplateChange } from './template-change.ts';

/** The kinds whose controllers replace their pods when the template changes. */
const ROLLED_OUT = new Set(['deployment', 'statefulset', 'daemonset']);

/**
 * Why a workload is not changed from here, with what to do instead; null when it may be. What somebody else applies
 * would be reverted behind the operator's back, or worse, revert theirs later.
 */
export function refuseChange(workload: FoundWorkload | null, where: string, change: TemplateChange): string | null {
  if (workload === null)
    return `${where} stands for itself or belongs to a custom resource: nothing here would roll a change out. Set ${describeChange(change)} where it is defined.`;
  const { kind, namespace, name, document } = workload;
  const what = `${kind}/${name} in namespace ${namespace}`;
  const command = changeCommand(change, namespace, `${kind}/${name}`);
  const owner = ownerOf(document.metadata);
  if (owner) {
    return `${what} belongs to ${owner.who}, which would undo a change made here. Commit this there: ${describeChange(change)} (as a command: ${command}).`;
  }
  if (document.spec?.paused) {
    return `The roll-out of ${what} is paused: somebody works on it. Resume it (kubectl -n ${namespace} rollout resume ${kind}/${name}), or do it by hand: ${command}.`;
  }
  if (!ROLLED_OUT.has(kind))
    return `The pods of ${what} are not replaced when it is changed. Do it by hand: ${command}, then start it anew.`;
  if (document.spec?.updateStrategy?.type === 'OnDelete') {
    return `${what} has the update strategy OnDelete: its pods are replaced by hand only. Do it by hand: ${command}, then delete the pods.`;
  }
  return null;
}

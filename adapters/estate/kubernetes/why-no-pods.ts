import type { FoundWorkload } from './find-workloads.ts';

/** Why a workload that is there has no pods, as a sentence: scaled to nothing, suspended, or refused by admission or quota. */
export function whyNoPods({ kind, namespace, name, document }: FoundWorkload): string {
  const { spec, status } = document;
  const what = `${kind}/${name} in namespace ${namespace} has no pods`;
  if (kind === 'cronjob') {
    return spec?.suspend
      ? `${what}: it is suspended`
      : `${what}: none of its runs is kept any more; wait for the next one`;
  }
  if (spec?.suspend) return `${what}: it is suspended`;
  if (kind === 'job') return `${what}: they were removed after it ended`;
  if (spec?.replicas === 0) return `${what}: it is scaled to 0 replicas`;
  if (kind === 'daemonset' && status?.desiredNumberScheduled === 0)
    return `${what}: no node fits its nodeSelector and tolerations`;
  const failure = status?.conditions?.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True');
  if (failure?.message) return `${what}: ${failure.message.slice(0, 300)}`;
  return spec?.paused
    ? `${what}: its roll-out is paused`
    : `${what} yet: look at kubectl -n ${namespace} describe ${kind} ${name}`;
}

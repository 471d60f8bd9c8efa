import type { InstanceState } from '../../../src/playbook/evidence.ts';
import type { PodDocument } from './documents.ts';
import type { PodContainer } from './pod-containers.ts';

/** Waiting reasons whose message only says how long the kubelet waits. */
const BACKING_OFF = new Set(['CrashLoopBackOff', 'ImagePullBackOff']);

/**
 * The process of a container as its pod's status tells it. `status` is Kubernetes' own word: `running`, `terminated`,
 * or the reason for which it waits. `redact` hides the environment's values in what the runtime wrote.
 */
export function instanceState(
  pod: PodDocument,
  container: PodContainer,
  redact: (text: string) => string,
): InstanceState {
  const { status, spec } = container;
  const { running, waiting, terminated } = status?.state ?? {};
  const last = terminated ?? status?.lastState?.terminated;
  return {
    status: running ? 'running' : (waiting?.reason ?? terminated?.reason ?? whereItWaits(pod)),
    exitCode: running ? null : (last?.exitCode ?? null),
    error: redact(running ? '' : errorText(pod, container)),
    oomKilled: last?.reason === 'OOMKilled',
    restartCount: status?.restartCount ?? 0,
    startedAt: running?.startedAt ?? last?.startedAt ?? null,
    finishedAt: running ? null : (last?.finishedAt ?? null),
    health: healthOf(running !== undefined, status?.ready, spec.readinessProbe),
  };
}

/** The runtime's words first, then the kubelet's, then the scheduler's. */
function errorText(pod: PodDocument, { status }: PodContainer): string {
  const { waiting, terminated } = status?.state ?? {};
  const last = terminated ?? status?.lastState?.terminated;
  if (last?.message) return last.message.trim();
  if (waiting?.message && !(BACKING_OFF.has(waiting.reason ?? '') && waiting.message.startsWith('back-off'))) {
    return waiting.message.trim();
  }
  return status === null ? (unscheduled(pod) ?? pod.status?.message ?? '') : '';
}

const unscheduled = ({ status }: PodDocument) =>
  status?.conditions?.find((one) => one.type === 'PodScheduled' && one.status === 'False')?.message;

function whereItWaits(pod: PodDocument): string {
  return unscheduled(pod) === undefined ? (pod.status?.phase ?? 'unknown') : 'Unschedulable';
}

function healthOf(running: boolean, ready: boolean | undefined, probe: unknown): string | null {
  if (!running || probe === undefined) return null;
  return ready === true ? 'healthy' : 'unhealthy';
}

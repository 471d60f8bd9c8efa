import type { ClusterClient } from '../lab/kubernetes/cluster-client.ts';
import { waitFor } from '../lab/waiting.ts';

/** A pod as far as the tests look at it. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly state: { readonly terminated?: { readonly exitCode: number; readonly reason: string } };
    }[];
  };
}

const PODS = '/api/v1/namespaces/execfmt/pods';
const PATIENCE_MS = 180_000;
/** Keeps the object of a pod that is over until its end was looked at. */
const FINALIZER = 'execfmt.test/look-at-its-end';

const isReady = ({ status }: Pod) =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** Waits until so many pods of the chart are ready and none of them is one of `but` (uids); gives them. */
export async function readyPods(
  admin: ClusterClient,
  count: number,
  but: readonly string[] = [],
): Promise<readonly Pod[]> {
  let seen: readonly Pod[] = [];
  const look = async () => {
    seen = await podsOf(admin);
    const ready = seen.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
    return ready.length === count && !ready.some(({ metadata }) => but.includes(metadata.uid)) ? ready : null;
  };
  return waitFor(`${count} ready pods`, PATIENCE_MS, look, () =>
    JSON.stringify(
      seen.map(({ status }) => status),
      null,
      1,
    ),
  );
}

async function podsOf(admin: ClusterClient): Promise<readonly Pod[]> {
  const list = await admin.get<{ items: readonly Pod[] }>(`${PODS}?labelSelector=app.kubernetes.io/name=execfmt`);
  return list?.items ?? [];
}

/** Keeps a pod's object when the pod is over; to be let go by `endOf`. */
export async function keepObject(admin: ClusterClient, { metadata }: Pod): Promise<void> {
  await admin.patch(`${PODS}/${metadata.name}`, { metadata: { finalizers: [FINALIZER] } });
}

/** Waits until a pod that is kept is over, lets its object go, and gives how its container ended. */
export async function endOf(admin: ClusterClient, { metadata }: Pod) {
  const path = `${PODS}/${metadata.name}`;
  const ended = await waitFor(`the end of ${metadata.name}`, PATIENCE_MS, async () => {
    const pod = await admin.get<Pod>(path);
    return pod?.status.containerStatuses?.[0]?.state.terminated;
  });
  await admin.patch(path, { metadata: { finalizers: null } });
  return ended;
}

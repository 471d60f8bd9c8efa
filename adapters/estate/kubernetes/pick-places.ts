import type { Place } from '../../../src/playbook/place.ts';
import type { PodGlimpse } from './pod-glimpse.ts';

/** More would tell a tired person nothing new; each costs a handful of requests. */
const PLACES_CAP = 12;
/** Every workload of a name is shown all the same, so that it can be asked which is meant. */
const WORKLOADS_CAP = 100;

type ClusterPlace = Extract<Place, { kind: 'kubernetes' }>;

/** Pods of a workload, with the workload's name as it stands in a place: `deployment/pdf-renderer`. */
export interface PodsOf {
  readonly workload: string;
  readonly pods: readonly PodGlimpse[];
}

/**
 * The containers to look at: of all that are alike (the same container from the same image on nodes of one platform,
 * faring alike) one stands for the others; those that fail first. Where a container fails anywhere, its healthy
 * copies elsewhere are shown too; other healthy containers only when all are healthy.
 */
export function pickPlaces(
  cluster: string,
  found: readonly PodsOf[],
  platformOf: (node: string) => string,
): readonly ClusterPlace[] {
  const candidates = found.flatMap(({ workload, pods }) => candidatesOf(cluster, workload, pods, platformOf));
  const alike = new Map<string, Candidate>();
  for (const candidate of candidates) if (!alike.has(candidate.key)) alike.set(candidate.key, candidate);
  const chosen = [...alike.values()].sort((a, b) => Number(a.well) - Number(b.well));
  const firsts = firstOfEach(chosen).slice(0, WORKLOADS_CAP);
  const inOrder = [...new Set([...firsts, ...chosen])];
  const shown = new Set(inOrder.slice(0, Math.max(PLACES_CAP, firsts.length)));
  return chosen.filter((one) => shown.has(one)).map(({ place }) => place);
}

/** One candidate of each workload. */
function firstOfEach(chosen: readonly Candidate[]): readonly Candidate[] {
  const firsts = new Map<string, Candidate>();
  for (const one of chosen) {
    const { namespace, workload } = one.place;
    const key = `${namespace}/${workload}`;
    if (!firsts.has(key)) firsts.set(key, one);
  }
  return [...firsts.values()];
}

interface Candidate {
  readonly key: string;
  readonly well: boolean;
  readonly place: ClusterPlace;
}

function candidatesOf(
  cluster: string,
  workload: string,
  pods: readonly PodGlimpse[],
  platformOf: (node: string) => string,
): Candidate[] {
  const staying = pods.filter(({ leaving }) => !leaving);
  const looked = (staying.length > 0 ? staying : pods).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const names = namesToShow(looked);
  return looked.flatMap((pod) =>
    pod.containers
      .filter(({ name, behindInit }) => names.has(name) && !behindInit)
      .map(({ name, well, image }) => ({
        key: [pod.namespace, workload, name, image, platformOf(pod.node), well].join('\n'),
        well,
        place: {
          kind: 'kubernetes',
          cluster,
          namespace: pod.namespace,
          workload,
          pod: pod.name,
          container: name,
          node: pod.node,
        },
      })),
  );
}

function namesToShow(pods: readonly PodGlimpse[]): ReadonlySet<string> {
  const all = pods.flatMap(({ containers }) => containers);
  const failing = all.filter(({ well, behindInit }) => !well && !behindInit);
  const shown = failing.length > 0 ? failing : all.filter(({ role }) => role === 'app');
  return new Set(shown.map(({ name }) => name));
}

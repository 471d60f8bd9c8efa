import { type Answer, answerOf, ProbeError } from '../../../src/playbook/answer.ts';
import type { HostFacts } from '../../../src/playbook/evidence.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { ImageSource, OpenedImage } from '../../../src/ports/image-source.ts';
import type { Api } from './api.ts';
import { imageOf, publishedReference } from './container-image.ts';
import type { NodeDocument } from './documents.ts';
import { readWorkload } from './find-instances.ts';
import type { FoundWorkload } from './find-workloads.ts';
import { nodeFacts } from './node-facts.ts';
import { type RegistryLogins, readPullSecrets } from './pull-secrets.ts';
import type { ClusterPlace, PodAt } from './read-pod.ts';
import { RESOURCES } from './resources.ts';

/** What all that is read of a cluster is read with. */
export interface Reader {
  readonly api: Api;
  /** Images with the logins of a pod's pull secrets in addition to those that are configured. */
  readonly images: (logins: RegistryLogins) => ImageSource;
}

/** The node that a pod was scheduled to. Rejects with ProbeError, also when it was not. */
export async function readNode({ api }: Reader, { pod }: PodAt, signal: AbortSignal): Promise<NodeDocument> {
  const name = pod.spec?.nodeName;
  if (name) return api.get({ verb: 'get', resource: RESOURCES.nodes, namespace: null, name }, signal);
  throw estateFailure(api.target, 'not-found', `the pod ${pod.metadata?.name} is not scheduled to any node`);
}

/** What that node says of itself. */
export async function readHost(reader: Reader, found: PodAt, signal: AbortSignal): Promise<HostFacts> {
  const node = await readNode(reader, found, signal);
  return nodeFacts(reader.api.target, node, found.pod.spec?.runtimeClassName);
}

/** The registries as the kubelet would see them for a pod. */
export async function sourceFor({ api, images }: Reader, { pod }: PodAt, signal: AbortSignal): Promise<ImageSource> {
  return images(await readPullSecrets(api, pod, signal));
}

/** The image of a container as its node pulled it, or would pull it now. */
export async function openImage(reader: Reader, found: PodAt, signal: AbortSignal): Promise<Answer<OpenedImage>> {
  const opened = await answerOf(async () => {
    const { platform } = await readHost(reader, found, signal);
    const source = await sourceFor(reader, found, signal);
    return source.open(publishedReference(imageOf(found.container)), platform, signal);
  });
  return opened.kind === 'known' ? opened.value : opened;
}

/** The workload of a place; null also without the permission to see it: then the pod is all there is. */
export async function workloadIfReadable(
  { api }: Reader,
  place: ClusterPlace,
  signal: AbortSignal,
): Promise<FoundWorkload | null> {
  const answer = await answerOf(() => readWorkload(api, place, signal));
  if (answer.kind === 'known') return answer.value;
  if (answer.why.code === 'denied') return null;
  throw new ProbeError(answer.why);
}

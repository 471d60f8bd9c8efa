import { type Answer, answerOf, failed, known, ProbeError } from '../../../src/playbook/answer.ts';
import type { LocalImageFacts } from '../../../src/playbook/evidence.ts';
import type { Place } from '../../../src/playbook/place.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Estate } from '../../../src/ports/estate.ts';
import type { ImageSource, OpenedImage } from '../../../src/ports/image-source.ts';
import { type Api, createApi } from './api.ts';
import { clusterFailure } from './cluster-failure.ts';
import { imageOf, publishedReference } from './container-image.ts';
import type { NodeDocument } from './documents.ts';
import { findInstances, listNames, readWorkload } from './find-instances.ts';
import { createImageFiles } from './image-files.ts';
import { imagesOfRevisions, imagesOnNode, readRevisions } from './image-history.ts';
import { instanceFacts, redactionFor, templateOf } from './inspect-instance.ts';
import { nodeFacts } from './node-facts.ts';
import { readNodePool } from './node-pool.ts';
import { type RegistryLogins, readPullSecrets } from './pull-secrets.ts';
import { readHistory } from './read-history.ts';
import { readLog } from './read-log.ts';
import { type ClusterPlace, type PodAt, placeOn, readPod } from './read-pod.ts';
import { readWarning } from './read-warning.ts';
import { RESOURCES } from './resources.ts';
import type { Scope } from './scope.ts';
import { type ClusterAddress, createSessions } from './session.ts';

/** Each question to the API server; a diagnosis is of no use when it comes late. */
const DEADLINE_MS = 10_000;

/** What is needed to read from one cluster. `deadlineMs` is for each single request. */
export interface KubernetesEstateOptions extends ClusterAddress {
  /** Null: all that the account may see. */
  readonly namespaces: readonly string[] | null;
  /** How a person reaches it on the command line: `kubectl --context prod`. */
  readonly command: string;
  /** Images with the logins of a pod's pull secrets in addition to those that are configured. */
  readonly images: (logins: RegistryLogins) => ImageSource;
  readonly clock: Clock;
  readonly deadlineMs?: number;
}

/** One Kubernetes cluster, read only: nothing is created, started or left behind there, and no node is touched. */
export function createKubernetesEstate(options: KubernetesEstateOptions): Estate {
  const { name, clock, command } = options;
  const sessions = createSessions(options, clock);
  const api = createApi({ name, sessions, clock, deadlineMs: options.deadlineMs ?? DEADLINE_MS });
  const own = async (signal: AbortSignal) => (await sessions.current(signal)).namespace;
  const scope: Scope = { namespaces: options.namespaces, own };
  const reader = createReader(api, options);
  const at = (place: Place) => placeOn(name, place);
  return {
    name,
    kind: 'kubernetes',
    command,
    practice: false,
    filesFrom: 'registry',
    find: (wanted, signal) => answerOf(() => findInstances(api, scope, name, wanted, signal)),
    names: (signal) => answerOf(() => listNames(api, scope, signal)),
    inspect: (place, signal) => answerOf(() => reader.inspect(at(place), signal)),
    host: (place, signal) => answerOf(() => reader.host(at(place), signal)),
    localImage: (place, _imageId, signal) => answerOf(() => reader.localImage(at(place), signal)),
    localImages: (place, repository, signal) => answerOf(() => reader.localImages(at(place), repository, signal)),
    log: (place, lines, signal) =>
      answerOf(async () => readLog(api, await readPod(api, at(place), signal), lines, signal)),
    pool: (place, signal) => answerOf(() => reader.pool(at(place), signal)),
    history: (place, signal) => answerOf(() => reader.history(at(place), signal)),
    images: (place, signal) => answerOf(() => reader.images(at(place), signal)),
    files: (place, signal) => createImageFiles(api.target, () => reader.files(at(place), signal)),
  };
}

function createReader(api: Api, { images }: KubernetesEstateOptions) {
  const readNode = async ({ pod }: PodAt, signal: AbortSignal) => {
    const name = pod.spec?.nodeName;
    if (!name)
      throw clusterFailure(api.target, 'not-found', `the pod ${pod.metadata?.name} is not scheduled to any node`);
    return api.get<NodeDocument>({ verb: 'get', resource: RESOURCES.nodes, namespace: null, name }, signal);
  };
  const host = async (found: PodAt, signal: AbortSignal) =>
    nodeFacts(api.target, await readNode(found, signal), found.pod.spec?.runtimeClassName);
  const sourceFor = async ({ pod }: PodAt, signal: AbortSignal) => images(await readPullSecrets(api, pod, signal));

  /** The image of a container as its node pulled it, or would pull it now. */
  const open = (found: PodAt, signal: AbortSignal): Promise<Answer<OpenedImage>> =>
    answerThrough(async () => {
      const { platform } = await host(found, signal);
      const source = await sourceFor(found, signal);
      return source.open(publishedReference(imageOf(found.container)), platform, signal);
    });

  const localImage = async (found: PodAt, signal: AbortSignal): Promise<LocalImageFacts> => {
    const { imageId, digest, reference } = imageOf(found.container);
    if (imageId === '') {
      const message = `the node has not pulled ${reference}${found.container.status?.state?.waiting?.message ? `: ${found.container.status.state.waiting.message}` : ''}`;
      throw clusterFailure(api.target, 'not-found', message.slice(0, 600));
    }
    const opened = await open(found, signal);
    if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
    const { config } = opened.value;
    return {
      id: imageId,
      tags: reference.includes('@') ? [] : [reference],
      repoDigests: digest === null ? [] : [imageId],
      platform: config.platform,
      createdAt: config.createdAt,
    };
  };

  return {
    async inspect(place: ClusterPlace, signal: AbortSignal) {
      const [found, workload] = await Promise.all([readPod(api, place, signal), workloadIfReadable(place, signal)]);
      const [opened, warning] = await Promise.all([open(found, signal), readWarning(api, found, signal)]);
      const config = opened.kind === 'known' ? known(opened.value.config) : opened;
      const facts = instanceFacts(place, found, workload, config);
      if (warning === null || facts.state.error !== '') return facts;
      return { ...facts, state: { ...facts.state, error: redactionFor(found.container.spec)(warning) } };
    },
    host: async (place: ClusterPlace, signal: AbortSignal) => host(await readPod(api, place, signal), signal),
    localImage: async (place: ClusterPlace, signal: AbortSignal) =>
      localImage(await readPod(api, place, signal), signal),
    async localImages(place: ClusterPlace, repository: string, signal: AbortSignal) {
      const found = await readPod(api, place, signal);
      const [workload, node, source] = await Promise.all([
        readWorkload(api, place, signal),
        readNode(found, signal),
        sourceFor(found, signal),
      ]);
      const revisions = workload === null ? [] : await readRevisions(api, workload, signal);
      const earlier = await imagesOfRevisions(source, revisions, place.container, repository, signal);
      const own = imageOf(found.container).imageId.startsWith(`${repository}@`)
        ? [await localImage(found, signal)]
        : [];
      return distinct([...own, ...earlier, ...imagesOnNode(node, repository)]);
    },
    async pool(place: ClusterPlace, signal: AbortSignal) {
      const workload = await workloadIfReadable(place, signal);
      const spec = workload ? templateOf(workload)?.spec : (await readPod(api, place, signal)).pod.spec;
      return readNodePool(api, spec ?? {}, signal);
    },
    async history(place: ClusterPlace, signal: AbortSignal) {
      const workload = await readWorkload(api, place, signal);
      return workload === null
        ? { revisions: [], imageSetBy: null }
        : readHistory(api, workload, place.container, signal);
    },
    images: async (place: ClusterPlace, signal: AbortSignal) => sourceFor(await readPod(api, place, signal), signal),
    async files(place: ClusterPlace, signal: AbortSignal) {
      const found = await readPod(api, place, signal);
      const image = await open(found, signal);
      const { mounts } = instanceFacts(place, found, null, failed('invalid', api.target, 'not needed'));
      return { image, mounts };
    },
  };

  /** Without the permission to see it the pod is all there is. */
  async function workloadIfReadable(place: ClusterPlace, signal: AbortSignal) {
    const answer = await answerOf(() => readWorkload(api, place, signal));
    if (answer.kind === 'known') return answer.value;
    if (answer.why.code === 'denied') return null;
    throw new ProbeError(answer.why);
  }
}

async function answerThrough<T>(work: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await answerOf(work);
  return answer.kind === 'known' ? answer.value : answer;
}

function distinct(images: readonly LocalImageFacts[]): readonly LocalImageFacts[] {
  const digests = new Set<string>();
  return images.filter(({ repoDigests, id }) => {
    const digest = repoDigests[0]?.split('@')[1] ?? id;
    return !digests.has(digest) && digests.add(digest);
  });
}

import { answerOf, failed, known } from '../../../src/playbook/answer.ts';
import type { InstanceFacts, NodePool, RevisionHistory } from '../../../src/playbook/evidence.ts';
import type { Place } from '../../../src/playbook/place.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Estate } from '../../../src/ports/estate.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import { createApi } from './api.ts';
import { findInstances, listNames, readWorkload } from './find-instances.ts';
import { type ContainerFiles, createImageFiles } from './image-files.ts';
import { instanceFacts, redactionFor, templateOf } from './inspect-instance.ts';
import { listOthers } from './list-others.ts';
import { readLocalImage, readLocalImages } from './local-images.ts';
import { readNodePool } from './node-pool.ts';
import type { RegistryLogins } from './pull-secrets.ts';
import { readHistory } from './read-history.ts';
import { readLog } from './read-log.ts';
import { type ClusterPlace, type PodAt, placeOn, readPod } from './read-pod.ts';
import { readWarning } from './read-warning.ts';
import { openImage, type Reader, readHost, sourceFor, workloadIfReadable } from './reader.ts';
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
  const { name, clock, command, images } = options;
  const sessions = createSessions(options, clock);
  const api = createApi({ name, sessions, clock, deadlineMs: options.deadlineMs ?? DEADLINE_MS });
  const own = async (signal: AbortSignal) => (await sessions.current(signal)).namespace;
  const scope: Scope = { namespaces: options.namespaces, own };
  const reader: Reader = { api, images };
  const at = (place: Place) => placeOn(name, place);
  /** Answers a question about the pod that stands for a place now. */
  const ofPod = <T>(place: Place, signal: AbortSignal, ask: (found: PodAt) => T | Promise<T>) =>
    answerOf(async () => ask(await readPod(api, at(place), signal)));
  return {
    name,
    kind: 'kubernetes',
    command,
    practice: false,
    filesFrom: 'registry',
    find: (wanted, signal) => answerOf(() => findInstances(api, scope, name, wanted, signal)),
    names: (signal) => answerOf(() => listNames(api, scope, signal)),
    inspect: (place, signal) => answerOf(() => inspect(reader, at(place), signal)),
    host: (place, signal) => ofPod(place, signal, (found) => readHost(reader, found, signal)),
    localImage: (place, _imageId, signal) => ofPod(place, signal, (found) => readLocalImage(reader, found, signal)),
    localImages: (place, repository, signal) =>
      ofPod(place, signal, (found) => readLocalImages(reader, at(place), found, repository, signal)),
    log: (place, lines, signal) => ofPod(place, signal, (found) => readLog(api, found, lines, signal)),
    pool: (place, signal) => answerOf(() => readPool(reader, at(place), signal)),
    history: (place, signal) => answerOf(() => readHistoryOf(reader, at(place), signal)),
    others: (signal) => answerOf(() => listOthers(reader, scope, signal)),
    images: (place, signal) => ofPod(place, signal, (found) => sourceFor(reader, found, signal)),
    files: (place, signal) => createImageFiles(api.target, () => readFiles(reader, at(place), signal)),
  };
}

async function inspect(reader: Reader, place: ClusterPlace, signal: AbortSignal): Promise<InstanceFacts> {
  const { api } = reader;
  const [found, workload] = await Promise.all([readPod(api, place, signal), workloadIfReadable(reader, place, signal)]);
  const [opened, warning] = await Promise.all([openImage(reader, found, signal), readWarning(api, found, signal)]);
  const config = opened.kind === 'known' ? known(opened.value.config) : opened;
  const facts = instanceFacts(place, found, workload, config);
  if (warning === null || facts.state.error !== '') return facts;
  return { ...facts, state: { ...facts.state, error: redactionFor(found.container.spec)(warning) } };
}

async function readPool(reader: Reader, place: ClusterPlace, signal: AbortSignal): Promise<NodePool> {
  const workload = await workloadIfReadable(reader, place, signal);
  const spec = workload ? templateOf(workload)?.spec : (await readPod(reader.api, place, signal)).pod.spec;
  return readNodePool(reader.api, spec ?? {}, signal);
}

async function readHistoryOf({ api }: Reader, place: ClusterPlace, signal: AbortSignal): Promise<RevisionHistory> {
  const workload = await readWorkload(api, place, signal);
  if (workload === null) return { revisions: [], imageSetBy: null };
  return readHistory(api, workload, place.container, signal);
}

async function readFiles(reader: Reader, place: ClusterPlace, signal: AbortSignal): Promise<ContainerFiles> {
  const found = await readPod(reader.api, place, signal);
  const image = await openImage(reader, found, signal);
  // Of the facts only the mounts are wanted, which need no image.
  const { mounts } = instanceFacts(place, found, null, failed('invalid', reader.api.target, 'not asked'));
  return { image, mounts };
}

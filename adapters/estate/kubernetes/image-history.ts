import type { LocalImageFacts } from '../../../src/playbook/evidence.ts';
import { repositoryOf } from '../../../src/playbook/instance-evidence.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import type { Api } from './api.ts';
import type { NodeDocument, PodTemplate, RevisionDocument } from './documents.ts';
import { listOwned } from './find-pods.ts';
import { controllerOf, type FoundWorkload, formatSelector } from './find-workloads.ts';
import { RESOURCES } from './resources.ts';

/** One earlier pod template of a workload. */
export interface Revision {
  /** As `kubectl rollout history` numbers it. */
  readonly number: number;
  readonly createdAt: string;
  /** `kubernetes.io/change-cause`; null when nobody gave one. */
  readonly cause: string | null;
  readonly template: PodTemplate;
}

const REVISIONS_CAP = 10;
const UNKNOWN = { os: 'unknown', architecture: 'unknown', variant: null };

/** The revisions of a Deployment (its ReplicaSets), StatefulSet or DaemonSet (ControllerRevisions), newest first. */
export async function readRevisions(
  api: Api,
  workload: FoundWorkload,
  signal: AbortSignal,
): Promise<readonly Revision[]> {
  const { kind, namespace, document } = workload;
  const uid = document.metadata?.uid ?? '';
  const selector = formatSelector(document.spec?.selector);
  if (kind === 'deployment') {
    const sets = await listOwned(api, RESOURCES.replicaSets, namespace, uid, selector, signal);
    return newest(
      sets.map(({ metadata, spec }) => ({
        number: Number(metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0),
        createdAt: metadata?.creationTimestamp ?? '',
        cause: metadata?.annotations?.['kubernetes.io/change-cause'] ?? null,
        template: spec?.template ?? {},
      })),
    );
  }
  if (kind !== 'statefulset' && kind !== 'daemonset') return [];
  const keep = (item: RevisionDocument): Revision | null =>
    controllerOf(item)?.uid === uid
      ? {
          number: item.revision ?? 0,
          createdAt: item.metadata?.creationTimestamp ?? '',
          cause: item.metadata?.annotations?.['kubernetes.io/change-cause'] ?? null,
          template: item.data?.spec?.template ?? {},
        }
      : null;
  const asked = { verb: 'list', resource: RESOURCES.revisions, namespace } as const;
  return newest([...(await api.list(asked, selector === '' ? {} : { labelSelector: selector }, keep, signal))]);
}

const newest = (revisions: readonly Revision[]) =>
  revisions.toSorted((a, b) => b.number - a.number).slice(0, REVISIONS_CAP);

/** The image of a container in a template; null when the template has no such container. */
export function imageIn({ spec }: PodTemplate, container: string): string | null {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return all.find(({ name }) => name === container)?.image ?? null;
}

/**
 * The images that a container had in earlier revisions, by the digest that their reference has now. Their platform is
 * left open: whoever wants to go back to one opens it.
 */
export async function imagesOfRevisions(
  images: ImageSource,
  revisions: readonly Revision[],
  container: string,
  repository: string,
  signal: AbortSignal,
): Promise<readonly LocalImageFacts[]> {
  const found = await Promise.all(
    revisions.map(async ({ template, createdAt }) => {
      const reference = imageIn(template, container);
      if (reference === null || repositoryOf(reference) !== repository) return null;
      const digest = reference.split('@')[1] ?? (await digestNow(images, reference, signal));
      return digest === null
        ? null
        : factsOf(repository, digest, reference.includes('@') ? [] : [reference], createdAt);
    }),
  );
  return found.filter((one) => one !== null);
}

async function digestNow(images: ImageSource, reference: string, signal: AbortSignal): Promise<string | null> {
  const answer = await images.resolve(reference, signal);
  return answer.kind === 'known' ? answer.value.digest : null;
}

/** The images of a repository that a node reports (`status.images`, the 50 largest by the kubelet's default). */
export function imagesOnNode(node: NodeDocument, repository: string): readonly LocalImageFacts[] {
  return (node.status?.images ?? []).flatMap(({ names }) => {
    const own = (names ?? []).filter((name) => repositoryOf(name) === repository);
    const digest = own.find((name) => name.includes('@sha256:'))?.split('@')[1];
    return digest === undefined
      ? []
      : [
          factsOf(
            repository,
            digest,
            own.filter((name) => !name.includes('@')),
            null,
          ),
        ];
  });
}

function factsOf(
  repository: string,
  digest: string,
  tags: readonly string[],
  createdAt: string | null,
): LocalImageFacts {
  const name = `${repository}@${digest}`;
  return { id: name, tags, repoDigests: [name], platform: UNKNOWN, createdAt };
}

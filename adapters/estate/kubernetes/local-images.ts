import { ProbeError } from '../../../src/playbook/answer.ts';
import type { LocalImageFacts } from '../../../src/playbook/evidence.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import { imageOf } from './container-image.ts';
import { readWorkload } from './find-instances.ts';
import { imagesOfRevisions, imagesOnNode, readRevisions } from './image-history.ts';
import type { ClusterPlace, PodAt } from './read-pod.ts';
import { openImage, type Reader, readNode, sourceFor } from './reader.ts';

const WORDS_CAP = 600;

/** The image that a container's node pulled, as the registry has it by that digest. Rejects with ProbeError. */
export async function readLocalImage(reader: Reader, found: PodAt, signal: AbortSignal): Promise<LocalImageFacts> {
  const { imageId, digest, reference } = imageOf(found.container);
  if (imageId === '') {
    const said = found.container.status?.state?.waiting?.message;
    const message = `the node has not pulled ${reference}${said ? `: ${said.slice(0, WORDS_CAP)}` : ''}`;
    throw estateFailure(reader.api.target, 'not-found', message);
  }
  const opened = await openImage(reader, found, signal);
  if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
  const { config } = opened.value;
  return {
    id: imageId,
    tags: reference.includes('@') ? [] : [reference],
    repoDigests: digest === null ? [] : [imageId],
    platform: config.platform,
    createdAt: config.createdAt,
  };
}

/** The images of one repository that a container had, has, or that lie on its node: its own first, then the newest. */
export async function readLocalImages(
  reader: Reader,
  place: ClusterPlace,
  found: PodAt,
  repository: string,
  signal: AbortSignal,
): Promise<readonly LocalImageFacts[]> {
  const [workload, node, source] = await Promise.all([
    readWorkload(reader.api, place, signal),
    readNode(reader, found, signal),
    sourceFor(reader, found, signal),
  ]);
  const revisions = workload === null ? [] : await readRevisions(reader.api, workload, signal);
  const earlier = await imagesOfRevisions(source, revisions, place.container, repository, signal);
  const isOwn = imageOf(found.container).imageId.startsWith(`${repository}@`);
  const own = isOwn ? [await readLocalImage(reader, found, signal)] : [];
  return distinct([...own, ...earlier, ...imagesOnNode(node, repository)]);
}

function distinct(images: readonly LocalImageFacts[]): readonly LocalImageFacts[] {
  const digests = new Set<string>();
  return images.filter(({ repoDigests, id }) => {
    const digest = repoDigests[0]?.split('@')[1] ?? id;
    return !digests.has(digest) && digests.add(digest);
  });
}

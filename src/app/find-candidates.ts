import type { ImageConfig } from '../image/config.ts';
import type { FileTree } from '../kernel/file-tree.ts';
import { type Answer, known } from '../playbook/answer.ts';
import type { EarlierRun, HostFacts, InstanceFacts, LocalImageFacts } from '../playbook/evidence.ts';
import { pulledDigest, type RollbackCandidate, repositoryOf } from '../playbook/instance-evidence.ts';
import type { Place } from '../playbook/place.ts';
import type { Estate } from '../ports/estate.ts';
import type { Deps } from './deps.ts';
import { proveImage } from './prove-image.ts';

interface Around {
  readonly place: Place;
  readonly host: HostFacts;
  readonly instance: InstanceFacts;
  readonly localImage: LocalImageFacts | null;
  /** The present container's files: what its mounts bring is there whatever the image. */
  readonly container: FileTree;
  readonly config: Promise<Answer<ImageConfig>>;
  readonly signal: AbortSignal;
}

/** A digest that might be gone back to, before it was tried. */
interface Earlier {
  readonly digest: string;
  readonly knownAs: string | null;
  readonly wasHere: boolean;
  readonly hadTag: boolean;
  readonly ran: EarlierRun | null;
  readonly kind: 'index' | 'manifest' | null;
  /** By which an engine remembers it. */
  readonly names: readonly string[];
}

/** At most this many earlier digests are tried: each costs a look into the registry. */
const TRIED = 8;

/** The newest tags that are looked up, beside what lies on the host. */
const TAGS = 20;

/**
 * The digests this instance could go back to: those of the same repository that lie on the host, newest first, then the
 * registry's tags. Each is tried by the kernel model on that host, with the command that the instance would have.
 */
export async function findCandidates(
  deps: Deps,
  estate: Estate,
  around: Around,
): Promise<Answer<readonly RollbackCandidate[]>> {
  const repository = repositoryOf(around.instance.imageReference);
  const [local, tagged, history] = await Promise.all([
    fromHost(estate, repository, around),
    fromRegistry(deps, repository, around.signal),
    estate.earlierRuns?.(around.place, around.signal) ?? NO_RUNS,
  ]);
  const earlierRuns = valueOr(history, []).filter(lasted);
  if (local.kind === 'probe-failed' && tagged.kind === 'probe-failed') return local;
  const published = new Map(tagged.kind === 'known' ? tagged.value.map((each) => [each.digest, each]) : []);
  const current = around.localImage ? pulledDigest(around.localImage, repository) : null;
  const found = new Map<string, Earlier>();
  for (const earlier of [...valueOr(local, []), ...valueOr(tagged, [])]) {
    if (earlier.digest === current || found.has(earlier.digest)) continue;
    const tag = published.get(earlier.digest);
    const { knownAs, kind } = tag ?? earlier;
    const ran = earlierRuns.find(({ image }) => earlier.names.includes(image)) ?? null;
    found.set(earlier.digest, { ...earlier, knownAs: knownAs ?? earlier.knownAs, kind, ran });
  }
  const inOrder = [...found.values()].sort((a, b) => Number(b.ran !== null) - Number(a.ran !== null));
  const tried = inOrder.slice(0, TRIED).map((earlier) => tryCandidate(deps, repository, earlier, around));
  return known(await Promise.all(tried));
}

const NO_RUNS: Answer<readonly EarlierRun[]> = known([]);

/** A start that fails is over within this. */
const FAILS_WITHIN_MS = 5_000;

/** Whether it ran for longer than it takes to fail. */
function lasted({ startedAt, endedAt }: EarlierRun): boolean {
  return endedAt === null || Date.parse(endedAt) - Date.parse(startedAt) > FAILS_WITHIN_MS;
}

function valueOr<T>(answer: Answer<T>, otherwise: T): T {
  return answer.kind === 'known' ? answer.value : otherwise;
}

async function fromHost(
  estate: Estate,
  repository: string,
  { place, signal }: Around,
): Promise<Answer<readonly Earlier[]>> {
  const images = await estate.localImages(place, repository, signal);
  if (images.kind === 'probe-failed') return images;
  return known(
    images.value.flatMap((image) => {
      const digest = pulledDigest(image, repository);
      const tag = image.tags.find((name) => name.startsWith(`${repository}:`))?.slice(repository.length + 1);
      return digest
        ? [
            {
              digest,
              knownAs: tag ?? null,
              wasHere: true,
              hadTag: tag === undefined,
              kind: null,
              ran: null,
              names: [image.id, ...image.tags],
            },
          ]
        : [];
    }),
  );
}

async function fromRegistry(deps: Deps, repository: string, signal: AbortSignal): Promise<Answer<readonly Earlier[]>> {
  const tags = await deps.images.tags(repository, signal);
  if (tags.kind === 'probe-failed') return tags;
  const newest = [...tags.value].sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).slice(0, TAGS);
  const resolved = await Promise.all(
    newest.map(async (tag) => ({ tag, image: await deps.images.resolve(`${repository}:${tag}`, signal) })),
  );
  return known(
    resolved.flatMap(({ tag, image }) =>
      image.kind === 'known'
        ? [
            {
              digest: image.value.digest,
              knownAs: tag,
              wasHere: false,
              hadTag: false,
              kind: image.value.kind,
              ran: null,
              names: [`${repository}:${tag}`],
            },
          ]
        : [],
    ),
  );
}

async function tryCandidate(
  { images }: Deps,
  repository: string,
  { names: _names, ...earlier }: Earlier,
  around: Around,
): Promise<RollbackCandidate> {
  const image = `${repository}@${earlier.digest}`;
  const proof = await proveImage(images, image, { ...around, config: await around.config });
  return { ...earlier, image, ...proof };
}

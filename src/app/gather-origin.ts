import { type Platform, samePlatform } from '../image/platform.ts';
import type { PublishedImage } from '../image/published.ts';
import { parseReference } from '../image/reference.ts';
import { type Answer, answerOf, failed, known } from '../playbook/answer.ts';
import type { HostFacts, InstanceFacts } from '../playbook/evidence.ts';
import {
  type ExecutionEvidence,
  type InstanceEvidence,
  repositoryOf,
  type SharedFile,
} from '../playbook/instance-evidence.ts';
import type { OpenedImage } from '../ports/image-source.ts';
import type { Deps, Service } from './deps.ts';
import { findSharedLayer } from './find-shared-layers.ts';
import { predictStartOnce } from './predict-start.ts';
import { startOf } from './prove-image.ts';

/** What is known of a failing instance when it is asked how that came about. */
export interface Fallen {
  readonly service: Service | null;
  readonly signal: AbortSignal;
  readonly host: Promise<Answer<HostFacts>>;
  readonly instance: Promise<Answer<InstanceFacts>>;
  readonly execution: Promise<Answer<ExecutionEvidence>>;
  readonly published: Promise<Answer<PublishedImage>>;
  /** The image as it was pulled, in the registry. */
  readonly image: Promise<Answer<OpenedImage>>;
}

type Part = 'build' | 'provenance' | 'upstream' | 'offered' | 'shared';

/** Where an image came from: asked only of instances whose files are refused. */
export function gatherOrigin(deps: Deps, of: Fallen): { readonly [P in Part]: Promise<InstanceEvidence[P]> } {
  const asked = isRefused(of);
  const when = async <T>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    const refused = await asked;
    return refused.kind === 'known' ? ask() : refused;
  };
  return {
    build: when(() => findBuildOf(deps, of)),
    provenance: when(() => attested(deps, of)),
    upstream: when(() => upstreamOf(deps, of)),
    offered: when(() => offeredBy(deps, of)),
    shared: when(() => sharedBy(deps, of)),
  };
}

async function isRefused({ execution }: Fallen): Promise<Answer<null>> {
  const answer = await execution;
  if (answer.kind === 'probe-failed') return known(null);
  if (answer.value.outcome.outcome !== 'runs') return known(null);
  return failed('unsupported', 'origin', 'its files would be executed: there is nothing to look for');
}

const tagOf = (reference: string): string | null => {
  const parsed = parseReference(reference);
  return parsed.kind === 'reference' ? parsed.reference.tag : null;
};

async function findBuildOf(deps: Deps, of: Fallen): Promise<InstanceEvidence['build']> {
  const rebuild = of.service?.rebuild;
  const history = rebuild && deps.histories.get(rebuild.ci);
  if (!rebuild || !history) return known(null);
  const [instance, image, published] = [await of.instance, await of.image, await of.published];
  const config = image.kind === 'known' ? image.value.config : null;
  const question = {
    project: rebuild.project,
    revision: /^[0-9a-f]{40}$/.test(config?.build.revision ?? '') ? (config?.build.revision ?? null) : null,
    tag: instance.kind === 'known' ? tagOf(instance.value.imageReference) : null,
    ref: rebuild.ref,
    digest: image.kind === 'known' ? image.value.digest : published.kind === 'known' ? published.value.digest : null,
    builtAt: config?.createdAt ? new Date(config.createdAt) : null,
    job: rebuild.job,
  };
  return history.evidence(question, of.signal);
}

async function attested(deps: Deps, of: Fallen): Promise<InstanceEvidence['provenance']> {
  const [instance, image] = [await of.instance, await of.image];
  if (instance.kind === 'probe-failed') return instance;
  if (image.kind === 'probe-failed') return image;
  return deps.images.provenance(instance.value.imageReference, image.value.digest, of.signal);
}

/** What the index's entry for the host really is, by its own configuration. */
async function offeredBy(deps: Deps, of: Fallen): Promise<InstanceEvidence['offered']> {
  const [host, published, instance, pulled] = [await of.host, await of.published, await of.instance, await of.image];
  if (host.kind === 'probe-failed') return host;
  if (instance.kind === 'probe-failed') return instance;
  if (published.kind === 'probe-failed') return published;
  const { kind, entries, reference } = published.value;
  const wants = host.value.platform;
  const listed = entries.some(({ platform }) => platform && samePlatform(platform, wants));
  if (kind === 'manifest' || !listed) return known(null);
  const image = await deps.images.open(reference, wants, of.signal);
  if (image.kind === 'probe-failed') return image;
  const current = pulled.kind === 'known' ? known(pulled.value.config) : pulled;
  const start = startOf(instance.value, current, image.value);
  const outcome = await answerOf(() => predictStartOnce(image.value.files, host.value, start));
  return known({ platform: image.value.config.platform, outcome: outcome.kind === 'known' ? outcome.value : null });
}

/**
 * The same tag in the registry that the configuration says this one mirrors, or in the repository that the configuration
 * names for the service when the instance runs an image of another one.
 */
async function upstreamOf(deps: Deps, of: Fallen): Promise<InstanceEvidence['upstream']> {
  const instance = await of.instance;
  if (instance.kind === 'probe-failed') return instance;
  const { imageReference } = instance.value;
  const parsed = parseReference(imageReference);
  if (parsed.kind !== 'reference') return known(null);
  const { registry, repository, tag } = parsed.reference;
  const mirrored = deps.mirrorOf.get(registry);
  const own = of.service?.image ?? null;
  if (mirrored !== undefined) return deps.images.resolve(`${mirrored}/${repository}:${tag ?? 'latest'}`, of.signal);
  if (own === null || repositoryOf(own) === repositoryOf(imageReference)) return known(null);
  return deps.images.resolve(`${repositoryOf(own)}:${tag ?? 'latest'}`, of.signal);
}

/** The layer of the refused file, if the tag's images for other architectures have it too. */
async function sharedBy(deps: Deps, of: Fallen): Promise<Answer<SharedFile | null>> {
  const [host, instance, execution, published, image] = await Promise.all([
    of.host,
    of.instance,
    of.execution,
    of.published,
    of.image,
  ]);
  if (host.kind === 'probe-failed') return host;
  if (instance.kind === 'probe-failed') return instance;
  if (execution.kind === 'probe-failed') return execution;
  if (published.kind === 'probe-failed') return published;
  if (image.kind === 'probe-failed') return image;
  const here = { platform: host.value.platform, image: image.value };
  const platforms = published.value.entries.flatMap(({ platform }) => (platform ? [platform] : []));
  const others = platforms.filter((platform) => !samePlatform(platform, here.platform)).slice(0, MOST_OTHERS);
  const opened = await Promise.all(
    others.map((platform) => openFor(deps, published.value.reference, platform, of.signal)),
  );
  return answerOf(async () => {
    const layer = await findSharedLayer(here, [here, ...opened.flat()], execution.value.outcome);
    return layer && { layer: layer.digest, platforms: layer.with };
  });
}

/** Of an index with more platforms the first few tell enough. */
const MOST_OTHERS = 4;

async function openFor(deps: Deps, reference: string, platform: Platform, signal: AbortSignal) {
  const image = await deps.images.open(reference, platform, signal);
  return image.kind === 'known' ? [{ platform, image: image.value }] : [];
}

import type { ImageConfig } from '../image/config.ts';
import { type Platform, samePlatform } from '../image/platform.ts';
import { type Answer, answerOf, failed, known } from '../playbook/answer.ts';
import type { HostFacts, InstanceFacts } from '../playbook/evidence.ts';
import {
  type ExecutionEvidence,
  type InstanceEvidence,
  pulledDigest,
  repositoryOf,
} from '../playbook/instance-evidence.ts';
import type { Place } from '../playbook/place.ts';
import type { Estate } from '../ports/estate.ts';
import type { Deps } from './deps.ts';
import { findCandidates } from './find-candidates.ts';
import { imagesFor } from './images-for.ts';
import { predictPool } from './predict-pool.ts';
import { predictStart } from './predict-start.ts';

/** The evidence of one instance while it is gathered: each part on its own, as soon as what it needs is there. */
export type Gathering = { readonly [Part in keyof InstanceEvidence]: Promise<InstanceEvidence[Part]> };

const LOG_LINES = 50;

/** Starts all probes of one instance, as parallel as their inputs allow. Nothing in it rejects but for defects. */
export function gatherInstance(given: Deps, estate: Estate, place: Place, signal: AbortSignal): Gathering {
  const deps = { ...given, images: imagesFor(given.images, estate, place, signal) };
  const host = estate.host(place, signal);
  const instance = estate.inspect(place, signal);
  const localImage = after(instance, ({ imageId }) => estate.localImage(place, imageId, signal));
  const published = after(instance, ({ imageReference }) => deps.images.resolve(imageReference, signal));
  const log = estate.log(place, LOG_LINES, signal);
  const execution = gatherExecution(host, instance, estate, place, signal);
  const imageConfig = gatherConfig(deps, host, instance, localImage, signal);
  const candidates = gatherCandidates();
  const pool = gatherPool(deps, estate, place, instance, localImage, signal);
  return {
    place: Promise.resolve(place),
    cli: Promise.resolve(estate.command),
    at: Promise.resolve(deps.clock.now()),
    host,
    instance,
    localImage,
    published,
    imageConfig,
    execution,
    log,
    candidates,
    pool,
    history: estate.history?.(place, signal) ?? Promise.resolve(null),
  };

  async function gatherCandidates(): Promise<InstanceEvidence['candidates']> {
    const [hostFacts, facts, image] = [await host, await instance, await localImage];
    if (hostFacts.kind === 'probe-failed') return hostFacts;
    if (facts.kind === 'probe-failed') return facts;
    return findCandidates(deps, estate, {
      place,
      host: hostFacts.value,
      instance: facts.value,
      localImage: image.kind === 'known' ? image.value : null,
      config: imageConfig,
      signal,
    });
  }
}

async function gatherPool(
  { images }: Deps,
  estate: Estate,
  place: Place,
  instance: Promise<Answer<InstanceFacts>>,
  localImage: Promise<InstanceEvidence['localImage']>,
  signal: AbortSignal,
): Promise<InstanceEvidence['pool']> {
  const [pool, facts, image] = await Promise.all([estate.pool?.(place, signal) ?? null, instance, localImage]);
  if (pool === null || pool.kind === 'probe-failed') return pool;
  if (facts.kind === 'probe-failed') return facts;
  return known(await predictPool(images, pool.value, facts.value, image.kind === 'known' ? image.value : null, signal));
}

async function after<I, O>(input: Promise<Answer<I>>, next: (value: I) => Promise<Answer<O>>): Promise<Answer<O>> {
  const answer = await input;
  return answer.kind === 'known' ? next(answer.value) : answer;
}

async function gatherExecution(
  host: Promise<Answer<HostFacts>>,
  instance: Promise<Answer<InstanceFacts>>,
  estate: Estate,
  place: Place,
  signal: AbortSignal,
): Promise<Answer<ExecutionEvidence>> {
  const [hostFacts, facts] = [await host, await instance];
  if (hostFacts.kind === 'probe-failed') return hostFacts;
  if (facts.kind === 'probe-failed') return facts;
  if (facts.value.argvUnknown) return { kind: 'probe-failed', why: facts.value.argvUnknown };
  if (facts.value.argv.length === 0) {
    return failed('invalid', place.container, 'there is neither an entrypoint nor a command');
  }
  const { argv, path, workingDir, user } = facts.value;
  return answerOf(async () => {
    const outcome = await predictStart(estate.files(place, signal), hostFacts.value, { argv, path, workingDir, user });
    return { outcome, readFrom: estate.filesFrom };
  });
}

/** The configuration of the image as it was pulled, from the registry: tells what of the instance's command is its own. */
async function gatherConfig(
  deps: Deps,
  host: Promise<Answer<HostFacts>>,
  instance: Promise<Answer<InstanceFacts>>,
  localImage: Promise<InstanceEvidence['localImage']>,
  signal: AbortSignal,
): Promise<Answer<ImageConfig>> {
  const [facts, image] = [await instance, await localImage];
  if (facts.kind === 'probe-failed') return facts;
  if (image.kind === 'probe-failed') return image;
  const repository = repositoryOf(facts.value.imageReference);
  const digest = pulledDigest(image.value, repository);
  if (!digest)
    return failed('not-found', repository, 'the local image has no digest: it was built or loaded on the host');
  const platform: Platform = await platformToOpen(host, image.value.platform);
  const opened = await deps.images.open(`${repository}@${digest}`, platform, signal);
  return opened.kind === 'known' ? { kind: 'known', value: opened.value.config } : opened;
}

/** Of an index the entry that was pulled: the local image says which; the host's when they agree, for its variant. */
async function platformToOpen(host: Promise<Answer<HostFacts>>, local: Platform): Promise<Platform> {
  const facts = await host;
  return facts.kind === 'known' && samePlatform(local, facts.value.platform) ? facts.value.platform : local;
}

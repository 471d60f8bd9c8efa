import { type Answer, known } from '../playbook/answer.ts';
import type { InstanceFacts } from '../playbook/evidence.ts';
import type { InstanceEvidence } from '../playbook/instance-evidence.ts';
import type { Place } from '../playbook/place.ts';
import type { Estate } from '../ports/estate.ts';
import { redactDeep } from '../view/redact-deep.ts';
import type { Deps, Service } from './deps.ts';
import { findCandidates } from './find-candidates.ts';
import type { Gate } from './gate.ts';
import { gatherExecution } from './gather-execution.ts';
import { gatherOrigin } from './gather-origin.ts';
import { gatherPristine } from './gather-pristine.ts';
import { imagesFor } from './images-for.ts';
import { openPulled } from './open-pulled.ts';
import { predictPool } from './predict-pool.ts';

/** The evidence of one instance while it is gathered: each part on its own, as soon as what it needs is there. */
export type Gathering = { readonly [Part in keyof InstanceEvidence]: Promise<InstanceEvidence[Part]> };

const LOG_LINES = 50;

/** Starts all probes of one instance once the gate lets it in, as parallel as their inputs allow. Nothing in it rejects but for defects. */
export function gatherInstance(
  given: Deps,
  estate: Estate,
  service: Service | null,
  place: Place,
  gate: Gate,
  signal: AbortSignal,
): Gathering {
  const deps = { ...given, images: imagesFor(given.images, estate, place, signal) };
  const turn = gate.enter();
  const host = turn.then(() => estate.host(place, signal));
  const instance = turn.then(() => estate.inspect(place, signal));
  const localImage = after(instance, ({ imageId }) => estate.localImage(place, imageId, signal));
  const published = after(instance, ({ imageReference }) => deps.images.resolve(imageReference, signal));
  // All lines together, before some are chosen: a private key is told by its first or last line.
  const log = turn.then(() => estate.log(place, LOG_LINES, signal)).then((answer) => redactDeep(answer, deps.redact));
  const at = deps.clock.now();
  const execution = gatherExecution({ estate, place, signal, host, instance, log, at });
  const image = openPulled(deps.images, host, instance, localImage, signal);
  const imageConfig = after(image, async ({ config }) => known(config));
  const pristine = gatherPristine({ estate, place, signal, host, instance, image, execution });
  const origin = gatherOrigin(deps, { service, signal, host, instance, execution, published, image });
  const candidates = gatherCandidates();
  const pool = gatherPool(deps, estate, place, instance, localImage, signal);
  Promise.allSettled([host, instance, log, localImage, execution, pristine, candidates]).then(gate.leave);
  return {
    place: Promise.resolve(place),
    cli: Promise.resolve(estate.command),
    at: Promise.resolve(at),
    host,
    instance,
    localImage,
    published,
    imageConfig,
    execution,
    pristine,
    log,
    ...origin,
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
      container: estate.files(place, signal),
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

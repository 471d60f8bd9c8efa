import type { RebuildPlan } from '../../approval/plan.ts';
import { type Answer, failed, known } from '../../playbook/answer.ts';
import { describePlace, estateOf, type Place } from '../../playbook/place.ts';
import type { Remedy } from '../../playbook/verdict.ts';
import type { RebuildState } from '../../ports/rebuilds.ts';
import { imagesFor } from '../images-for.ts';
import { openPulled } from '../open-pulled.ts';
import { type Proof, proveImage } from '../prove-image.ts';
import type { ActionJob } from './action-job.ts';
import type { PublishedDigest } from './find-published.ts';

/** Where a new image is proved to start. */
export interface Proofs {
  /** One for each instance that it is proved to start on; at least one. */
  readonly remedies: readonly Remedy[];
  /** For the thread. */
  readonly summary: string;
}

/** Instances that are looked at for one rebuild. */
const PLACES = 20;

/** Reads what was published and starts it in the kernel model on each instance that does not run. Fails when it would start on none. */
export async function provePublished(
  job: ActionJob<RebuildPlan>,
  { image, digest }: PublishedDigest,
  built: RebuildState,
): Promise<Answer<Proofs>> {
  const { plan, state } = job;
  const failing = (state.verdict?.instances ?? []).filter(({ verdict }) => verdict.outcome === 'will-not-run');
  const places = failing.length > 0 ? failing.map(({ where }) => where).slice(0, PLACES) : [plan.where];
  const proofs = await Promise.all(places.map(async (where) => ({ where, proof: await proveAt(job, where, image) })));
  job.context.signal.throwIfAborted();
  const remedies = proofs.flatMap(({ where, proof }): Remedy[] =>
    proof.unusableBecause === null && proof.platform !== null
      ? [
          {
            kind: 'rebuild',
            fit: 'fixes',
            because: `The rebuilt image is proved to start here. ${proof.outcome?.because ?? ''}`.trim(),
            digest,
            image,
            platform: proof.platform,
            where,
          },
        ]
      : [],
  );
  const refused = proofs.flatMap(({ where, proof }) =>
    proof.unusableBecause === null ? [] : [`${describePlace(where)}: ${proof.unusableBecause}.`],
  );
  const verdict =
    remedies.length > 0
      ? `${image} is proved to start on ${remedies.length} of ${proofs.length} that need it.`
      : `${image} was published, and it would not help.`;
  const summary = [verdict, ...refused.slice(0, 3), runnerNote(plan, built)].filter(Boolean).join(' ');
  return remedies.length > 0 ? known({ remedies, summary }) : failed('invalid', image, summary);
}

/** That it was built elsewhere than wanted is said whatever came of it: the next build may not be as lucky. */
function runnerNote({ platform, build }: RebuildPlan, { job }: RebuildState): string {
  const runner = job?.runner;
  const wanted = platform.split('/')[1];
  if (!runner?.architecture || runner.architecture === wanted) return '';
  const asked = build.runner === null ? '' : `, though ${build.runner} was asked for`;
  return `It landed on the wrong runner: ${runner.name} is ${runner.architecture}, not ${wanted}${asked}.`;
}

async function proveAt({ deps, context }: ActionJob<RebuildPlan>, where: Place, image: string): Promise<Proof> {
  const { signal } = context;
  const unusable = (unusableBecause: string): Proof => ({ platform: null, outcome: null, unusableBecause });
  const estate = deps.estates.get(estateOf(where));
  if (!estate) return unusable(`${estateOf(where)} is not configured any more`);
  const images = imagesFor(deps.images, estate, where, signal);
  const [host, instance] = await Promise.all([estate.host(where, signal), estate.inspect(where, signal)]);
  if (host.kind === 'probe-failed') return unusable(host.why.message);
  if (instance.kind === 'probe-failed') return unusable(instance.why.message);
  const local = estate.localImage(where, instance.value.imageId, signal);
  const opened = await openPulled(images, Promise.resolve(host), Promise.resolve(instance), local, signal);
  return proveImage(images, image, {
    host: host.value,
    instance: instance.value,
    container: estate.files(where, signal),
    config: opened.kind === 'known' ? { kind: 'known', value: opened.value.config } : opened,
    signal,
  });
}

import { answerOf } from '../../../../src/playbook/answer.ts';
import type { ImageSwapper, Swap, SwapPhase } from '../../../../src/ports/image-swap.ts';
import { containerAt } from '../docker-place.ts';
import type { Engine } from '../engine.ts';
import { readImageDocument } from '../local-images.ts';
import { createBeside } from '../swap/create-beside.ts';
import { finishSwap } from '../swap/finish-swap.ts';
import { observeSwap } from '../swap/observe-swap.ts';
import { patiently } from '../swap/patiently.ts';
import { pullImage, type RegistryAuthFor } from '../swap/pull-image.ts';
import { putBack } from '../swap/put-back.ts';
import { setAside } from '../swap/set-aside.ts';
import { startNew } from '../swap/start-new.ts';
import { surveySwap, swapFailure } from '../swap/survey-swap.ts';
import { rememberBefore } from '../swap/swap-memory.ts';
import { namesOf } from '../swap/swap-names.ts';
import { swapNotes } from '../swap/swap-notes.ts';
import { objectionTo } from '../swap/why-not.ts';
import { carrierImage, importCarrierImage, removeImage } from './carrier-image.ts';
import { findCarrier, type Renewal } from './find-carrier.ts';
import { forgetImage, letGo } from './forget-image.ts';
import { renewalCalls } from './renewal-calls.ts';
import { whyLayerStays } from './stands-on-layer.ts';

type Deed = (engine: Engine, swap: Swap, signal: AbortSignal) => Promise<string>;

/**
 * Has an image whose layers are damaged on the host fetched again. The engine frees a layer only when no container stands on
 * it, so the settings are carried meanwhile by a container of an empty image, which never runs: two swaps, with the image
 * removed and pulled in between. `current` is the plain swapper's.
 */
export function createRenewal(
  name: string,
  engine: Engine,
  authFor: RegistryAuthFor,
  current: ImageSwapper['current'],
): ImageSwapper {
  const deed = (work: Deed) => (swap: Swap, signal: AbortSignal) =>
    answerOf(() => {
      containerAt(name, swap.where);
      return work(engine, swap, signal);
    });
  const phase = (id: string, title: string, work: Deed): SwapPhase => ({ id, title, run: deed(work) });
  const patient = (work: Deed) =>
    deed((_, swap, signal) => patiently(engine, signal, () => work(engine, swap, signal)));
  const remembering = (which: 'toCarrier' | 'fromCarrier', one: SwapPhase): SwapPhase => ({
    ...one,
    remember: (swap, signal) =>
      answerOf(async () => rememberBefore(engine, (await findCarrier(engine, swap, signal))[which], signal)),
  });
  return {
    name,
    current,
    objection: (swap, signal) => answerOf(() => objection(engine, swap, signal)),
    calls: renewalCalls,
    notes: (swap, signal) => answerOf(() => notes(engine, swap, signal)),
    phases: [
      phase('carrier-image', 'making an empty image for a container that carries the settings', unlessAgain(makeImage)),
      phase('carry', 'creating the container that carries the settings', unlessAgain(to(createBeside))),
      remembering('toCarrier', phase('carry-aside', 'setting the old container aside', unlessAgain(to(setAside)))),
      phase(
        'let-go',
        'removing the old container',
        unlessAgain((_, swap, signal) => letGo(engine, authFor, swap, signal)),
      ),
      phase('forget', 'removing the damaged image', (_, swap, signal) => forgetImage(engine, authFor, swap, signal)),
      phase('pull', 'pulling the image', (_, swap, signal) => pullImage(engine, authFor, swap, signal)),
      phase('create', 'creating the new container', from(createBeside)),
      remembering('fromCarrier', phase('set-aside', 'setting aside what carried the settings', from(setAside))),
      phase('start', 'starting the new container', from(startNew)),
    ],
    observe: (swap, signal) => answerOf(() => observeSwap(engine, swap, signal)),
    finish: patient(finish),
    putBack: patient(restore),
  };
}

const makeImage = async (engine: Engine, swap: Swap, signal: AbortSignal) => {
  await importCarrierImage(engine, swap.id, signal);
  return `Made ${carrierImage(swap.id)}, an image without files.`;
};

const to =
  (work: Deed): Deed =>
  async (engine, swap, signal) =>
    work(engine, (await findCarrier(engine, swap, signal)).toCarrier, signal);

const from =
  (work: Deed): Deed =>
  async (engine, swap, signal) =>
    work(engine, (await findCarrier(engine, swap, signal)).fromCarrier, signal);

const unlessAgain =
  (work: Deed): Deed =>
  async (engine, swap, signal) => {
    const { again, fromCarrier } = await findCarrier(engine, swap, signal);
    if (again) return 'It was done in an earlier attempt.';
    const { fresh } = await surveySwap(engine, fromCarrier, signal);
    return fresh === null ? work(engine, swap, signal) : 'It was done already: the new container is there.';
  };

async function objection(engine: Engine, swap: Swap, signal: AbortSignal) {
  const { again } = await findCarrier(engine, swap, signal);
  const why = (await objectionTo(engine, swap, signal)) ?? (again ? null : await whyLayerStays(engine, swap, signal));
  return why === null ? null : { why, patch: null };
}

async function notes(engine: Engine, swap: Swap, signal: AbortSignal): Promise<readonly string[]> {
  const { again } = await findCarrier(engine, swap, signal);
  const { service } = namesOf(swap);
  if (again)
    return [
      `${service} carries the settings since an earlier attempt: this goes on with what comes after its removal.`,
    ];
  const tags = (await readImageDocument(engine, swap.imageId, signal))?.RepoTags ?? [];
  const named =
    tags.length === 0
      ? []
      : [`The host loses the image’s names ${tags.join(', ')}: it has it by its digest afterwards.`];
  return [
    ...(await swapNotes(engine, swap, signal)),
    ...named,
    'Once the old container is removed it cannot be put back. If the pull fails then, its settings are kept and nothing runs; asked for again here, it goes on from there.',
  ];
}

async function finish(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const { fromCarrier, again } = await findCarrier(engine, swap, signal);
  await finishSwap(engine, fromCarrier, signal);
  await removeImage(engine, again ? swap.imageId : carrierImage(swap.id), signal);
  return 'Removed the container that carried the settings, and its empty image.';
}

/** The old container as long as it is there; after that what carries its settings, which is no service and is told as a failure. */
async function restore(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const renewal = await findCarrier(engine, swap, signal);
  if (renewal.old !== null && !renewal.again) {
    const said = await putBack(engine, renewal.toCarrier, signal);
    await removeImage(engine, carrierImage(swap.id), signal);
    return said;
  }
  await putBack(engine, renewal.fromCarrier, signal);
  throw carries(engine, swap, renewal);
}

function carries(engine: Engine, swap: Swap, { carrier }: Renewal) {
  const { service } = namesOf(swap);
  const message = `the old container had to be removed. ${service} is there with all its settings and volumes, does not run, and has no files of its own (${carrier?.Name.slice(1) ?? service}, from ${carrier?.Config?.Image ?? 'an empty image'}): do not remove it. On that host: docker pull ${swap.image} — then ask for the same again in this thread, and it goes on from there.`;
  return swapFailure(engine, 'unsupported', message);
}

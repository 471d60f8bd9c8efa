import type Docker from 'dockerode';
import { answerOf } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { ImageSwapper, Swap, SwapPhase } from '../../../src/ports/image-swap.ts';
import { containerAt } from './docker-place.ts';
import { createEngine, type Engine } from './engine.ts';
import { readContainer } from './read-container.ts';
import { createRenewal } from './renew/renewal-swapper.ts';
import { createBeside } from './swap/create-beside.ts';
import { finishSwap } from './swap/finish-swap.ts';
import { observeSwap } from './swap/observe-swap.ts';
import { patiently } from './swap/patiently.ts';
import { pullImage, type RegistryAuthFor } from './swap/pull-image.ts';
import { putBack } from './swap/put-back.ts';
import { setAside } from './swap/set-aside.ts';
import { startNew } from './swap/start-new.ts';
import { swapCalls } from './swap/swap-calls.ts';
import { rememberBefore } from './swap/swap-memory.ts';
import { swapNotes } from './swap/swap-notes.ts';
import { objectionTo } from './swap/why-not.ts';

const DEADLINE_MS = 20_000;

/** What is needed to change a Docker host. `deadlineMs` is for each single quick call; pulls and stops have their own. */
export interface DockerSwapperOptions {
  readonly name: string;
  readonly client: Docker;
  readonly clock: Clock;
  readonly deadlineMs?: number;
  /** The engine has no credentials of its own: those of the docker command are the command's. */
  readonly registryAuth?: RegistryAuthFor;
}

type Deed = (engine: Engine, swap: Swap, signal: AbortSignal) => Promise<string>;

/**
 * Replaces the image of a container on one Docker host. The new container is created first, beside the old one, and its
 * labels are the journal: whenever a process dies, a look at both containers tells what is left to do or undo, and the
 * service's name belongs to one of them but for the instant between two renames. What the labels say is remembered by the
 * store too, before the old one is stopped: the new one may be removed by somebody.
 */
export function createDockerSwapper(options: DockerSwapperOptions): ImageSwapper {
  const { name, client, clock } = options;
  const engine = createEngine({ name, client, clock, deadlineMs: options.deadlineMs ?? DEADLINE_MS });
  const authFor = options.registryAuth ?? (async () => null);

  const deed = (work: Deed) => (swap: Swap, signal: AbortSignal) =>
    answerOf(() => {
      containerAt(name, swap.where);
      return work(engine, swap, signal);
    });
  const patient =
    (work: Deed): Deed =>
    (_, swap, signal) =>
      patiently(engine, signal, () => work(engine, swap, signal));
  const phase = (id: string, title: string, work: Deed): SwapPhase => ({ id, title, run: deed(work) });

  const current: ImageSwapper['current'] = (place, signal) =>
    answerOf(async () => {
      const { Id, Image } = await readContainer(engine, containerAt(name, place), signal);
      return { instanceId: Id, imageId: Image };
    });

  return {
    name,
    current,
    renewal: createRenewal(name, engine, authFor, current),
    objection: (swap, signal) =>
      answerOf(async () => {
        const why = await objectionTo(engine, swap, signal);
        return why === null ? null : { why, patch: null };
      }),
    calls: swapCalls,
    notes: (swap, signal) => answerOf(() => swapNotes(engine, swap, signal)),
    phases: [
      phase('pull', 'pulling the image', (_engine, swap, signal) => pullImage(engine, authFor, swap, signal)),
      phase('create', 'creating the new container beside the old one', createBeside),
      {
        ...phase('set-aside', 'setting the old container aside', setAside),
        remember: (swap, signal) => answerOf(() => rememberBefore(engine, swap, signal)),
      },
      phase('start', 'starting the new container', startNew),
    ],
    observe: (swap, signal) => answerOf(() => observeSwap(engine, swap, signal)),
    finish: deed(patient(finishSwap)),
    putBack: deed(patient(putBack)),
  };
}

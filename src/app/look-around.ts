import type { BlastRadius } from '../playbook/blast-radius.ts';
import { repositoryOf } from '../playbook/instance-evidence.ts';
import type { Place } from '../playbook/place.ts';
import type { Deps } from './deps.ts';
import { type BlastRadiusSearch, gatherBlastRadius } from './gather-blast-radius.ts';
import type { Gathering } from './gather-instance.ts';

/** The look at other workloads ends with the evidence for the verdict, but no sooner than this after its beginning. */
const AT_LEAST_MS = 2_000;

/** The look at what else would fail, beside a run. */
export interface LookAround {
  /** What was found when it is done, or when `gathered` is and its own time is over: the verdict does not wait for it. */
  within(gathered: Promise<unknown>): Promise<readonly BlastRadius[]>;
}

/** Begins to look at the other workloads of all clusters as soon as one of the instances is known not to run. */
export function lookAround(
  { clock, estates }: Pick<Deps, 'clock' | 'estates'>,
  gatherings: readonly Gathering[],
  places: readonly Place[],
  deadline: AbortSignal,
): LookAround {
  const life = clock.lifetime();
  const enough = aborted(clock.deadline(AT_LEAST_MS));
  let begun: BlastRadiusSearch | null = null;
  const search = begin();
  // Whoever waits for it is told; nobody may.
  search.catch(() => {});
  aborted(deadline).then(life.end);
  return {
    async within(gathered) {
      await Promise.race([search, Promise.all([gathered, enough]), aborted(deadline)]);
      life.end();
      return begun?.soFar() ?? [];
    },
  };

  async function begin(): Promise<void> {
    if (![...estates.values()].some(({ others }) => others)) return;
    if (!(await anyOf(gatherings.map(isRefused)))) return;
    const instances = await Promise.all(gatherings.map(({ instance }) => instance));
    const repositories = instances.flatMap((one) =>
      one.kind === 'known' ? [repositoryOf(one.value.imageReference)] : [],
    );
    if (life.signal.aborted) return;
    begun = gatherBlastRadius(estates.values(), { places, repositories }, life.signal);
    await begun.done;
  }
}

/** Whether an instance that could be seen is not known to run. */
async function isRefused({ instance, execution }: Gathering): Promise<boolean> {
  const [seen, start] = await Promise.all([instance, execution]);
  if (seen.kind === 'probe-failed') return false;
  if (start.kind === 'probe-failed') return true;
  const { outcome, inner } = start.value;
  const decides = inner?.outcome ?? outcome;
  return decides.outcome !== 'runs' || decides.suspicion !== null;
}

/** True with the first that is; false when all are known not to be. */
function anyOf(answers: readonly Promise<boolean>[]): Promise<boolean> {
  return new Promise((done, fail) => {
    for (const answer of answers) answer.then((is) => is && done(true), fail);
    Promise.all(answers).then(() => done(false), fail);
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}

import { ProbeError } from '../../../../src/playbook/answer.ts';
import { estateFailure } from '../../../../src/ports/estate-failure.ts';
import type { Api } from '../api.ts';
import { type FoundWorkload, resourceOf } from '../find-workloads.ts';

/** What was read is not what is there any more (409): it has to be looked at again before anything is done. */
class Stale extends Error {
  readonly why: ProbeError;
  constructor(why: ProbeError) {
    super(why.message, { cause: why });
    this.name = 'Stale';
    this.why = why;
  }
}

/** A controller writes the status of a workload many times during a roll-out; each time the resourceVersion moves on. */
const LOOKS = 10;

/** Applies a patch to a workload, or with `dryRun` only has it checked. Throws what `whileStale` waits for. */
export async function patchWorkload(
  api: Api,
  { kind, namespace, name }: FoundWorkload,
  body: object,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  const resource = resourceOf(kind);
  if (resource === null) throw estateFailure(api.target, 'unsupported', `a ${kind} cannot be changed from here`);
  try {
    await api.patch({ verb: 'patch', resource, namespace, name }, body, dryRun, signal);
  } catch (error) {
    if (error instanceof ProbeError && error.why.code === 'conflict') throw new Stale(error);
    throw error;
  }
}

/** Looks and acts anew while somebody else writes in between. `work` itself sees whether it is still what was approved. */
export async function whileStale<T>(work: () => Promise<T>): Promise<T> {
  for (let look = 1; ; look += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      if (look === LOOKS) throw error.why;
    }
  }
}

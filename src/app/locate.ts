import type { Absence } from '../playbook/absence.ts';
import { type Answer, failed } from '../playbook/answer.ts';
import type { Place } from '../playbook/place.ts';
import type { Deps, Service } from './deps.ts';
import { serviceOn } from './service-at.ts';

/** What a name stands for, and where it was found. */
export interface Located {
  readonly service: Service | null;
  readonly places: readonly Place[];
  /** Where it was looked for in vain, or could not be looked for: a finding, not a failure. */
  readonly absent: readonly Absence[];
}

/** A host that takes longer than this to list its containers counts as silent. */
const FIND_MS = 5_000;

/**
 * Finds the instances of a target: the configured places of a service, or containers of exactly that name anywhere. `on`
 * restricts it to one host or cluster. That a name is not on every host is no absence; that a service is not where it is configured is.
 */
export async function locate(deps: Deps, target: string, on: string | null, signal: AbortSignal): Promise<Located> {
  const service = serviceOn(deps, target, on);
  const wanted = service ? service.targets : [...deps.estates.keys()].map((estate) => ({ estate, name: target }));
  const asked = wanted.filter(({ estate }) => on === null || estate === on);
  const deadline = deps.clock.deadline(FIND_MS, signal);
  const answers = await Promise.all(
    asked.map(async ({ estate, name }) => ({ estate, name, found: await find(deps, estate, name, deadline) })),
  );
  return {
    service,
    places: answers.flatMap(({ found }) => (found.kind === 'known' ? found.value : [])),
    absent: answers.flatMap(({ estate, name, found }): Absence[] => {
      const { command: cli, kind } = deps.estates.get(estate) ?? { command: 'docker', kind: 'docker' as const };
      if (found.kind === 'probe-failed') return [{ estate, name, kind, cli, why: found.why, wanted: null }];
      if (found.value.length > 0 || !service) return [];
      const what = kind === 'kubernetes' ? 'workload or pod' : 'container';
      const message = `there is no ${what} ${name} there: it was removed, renamed or never created`;
      return [{ estate, name, kind, cli, why: { code: 'not-found', target: estate, message }, wanted: null }];
    }),
  };
}

async function find(deps: Deps, estate: string, name: string, signal: AbortSignal): Promise<Answer<readonly Place[]>> {
  const known = deps.estates.get(estate);
  return known
    ? known.find(name, signal)
    : failed('unsupported', estate, 'no host or cluster of this name is configured');
}

/** All names that can be asked for: the services, and the containers of all hosts that answer. */
export async function knownTargets(deps: Deps, signal: AbortSignal): Promise<readonly string[]> {
  const deadline = deps.clock.deadline(FIND_MS, signal);
  const answers = await Promise.all([...deps.estates.values()].map((estate) => estate.names(deadline)));
  const found = answers.flatMap((answer) => (answer.kind === 'known' ? answer.value : []));
  return [...new Set([...deps.services.keys(), ...found])].sort();
}

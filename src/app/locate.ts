import type { Place } from '../playbook/place.ts';
import type { ProbeFailure } from '../ports/answer.ts';
import type { Estate } from '../ports/estate.ts';
import type { Deps, Service } from './deps.ts';

/** What a name stands for, and where it was found. */
export interface Located {
  readonly service: Service | null;
  readonly places: readonly Place[];
  /** Hosts and clusters that did not answer: a finding, not a failure. */
  readonly silent: readonly ProbeFailure[];
}

/** A host that takes longer than this to list its containers counts as silent. */
const FIND_MS = 5_000;

/**
 * Finds the instances of a target: the configured places of a service, or containers of exactly that name anywhere. `on`
 * restricts it to one host or cluster.
 */
export async function locate(deps: Deps, target: string, on: string | null, signal: AbortSignal): Promise<Located> {
  const service = deps.services.get(target) ?? null;
  const wanted = service
    ? service.targets.map(({ estate, name }) => ({ estate: deps.estates.get(estate), name }))
    : [...deps.estates.values()].map((estate) => ({ estate, name: target }));
  const asked = wanted.filter(
    (one): one is { estate: Estate; name: string } =>
      one.estate !== undefined && (on === null || one.estate.name === on),
  );
  const deadline = deps.clock.deadline(FIND_MS, signal);
  const answers = await Promise.all(asked.map(({ estate, name }) => estate.find(name, deadline)));
  return {
    service,
    places: answers.flatMap((answer) => (answer.kind === 'known' ? answer.value : [])),
    silent: answers.flatMap((answer) => (answer.kind === 'known' ? [] : [answer.why])),
  };
}

/** All names that can be asked for: the services, and the containers of all hosts that answer. */
export async function knownTargets(deps: Deps, signal: AbortSignal): Promise<readonly string[]> {
  const deadline = deps.clock.deadline(FIND_MS, signal);
  const answers = await Promise.all([...deps.estates.values()].map((estate) => estate.names(deadline)));
  const found = answers.flatMap((answer) => (answer.kind === 'known' ? answer.value : []));
  return [...new Set([...deps.services.keys(), ...found])].sort();
}

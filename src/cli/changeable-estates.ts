import type { Service } from '../app/deps.ts';

/** The hosts and clusters on which some service names who may approve a change. */
export function changeableEstates(services: ReadonlyMap<string, Service>): ReadonlySet<string> {
  const approvable = [...services.values()].flatMap(({ approvals, targets }) =>
    targets.filter((target) => ((target.approvals ?? approvals)?.approvers.length ?? 0) > 0),
  );
  return new Set(approvable.map(({ estate }) => estate));
}

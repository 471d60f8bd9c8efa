import type { ApprovalPolicy } from '../approval/may-approve.ts';
import { estateOf, type Place } from '../playbook/place.ts';
import type { Deps, Service } from './deps.ts';

/**
 * The service whose rules hold for a place: the target's own, and only where it is configured. A container that merely bears a
 * service's name elsewhere is nobody's: it may be diagnosed, not changed.
 */
export function serviceAt(deps: Pick<Deps, 'services'>, target: string, place: Place): Service | null {
  const service = deps.services.get(target);
  const name = place.kind === 'docker' ? place.container : `${place.namespace}/${place.workload}`;
  const configured = service?.targets.find((one) => one.estate === estateOf(place) && one.name === name);
  if (!service || !configured) return null;
  return configured.approvals ? { ...service, approvals: configured.approvals } : service;
}

/** All policies by which something of a service may be changed, its own first. */
export function policiesOf({ approvals, targets }: Service): readonly ApprovalPolicy[] {
  const own = targets.flatMap((target) => target.approvals ?? []);
  return [...(approvals ? [approvals] : []), ...own].filter(({ approvers }) => approvers.length > 0);
}

/** The service that a target names, when it is configured there at all. */
export function serviceOn(deps: Pick<Deps, 'services'>, target: string, on: string | null): Service | null {
  const service = deps.services.get(target) ?? null;
  return on === null || service?.targets.some(({ estate }) => estate === on) ? service : null;
}

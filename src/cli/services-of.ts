import type { Service, ServiceTarget } from '../app/deps.ts';
import type { ApprovalPolicy } from '../approval/may-approve.ts';
import type { Config, ServiceConfig } from '../config/config.ts';

/** The services of a configuration as the use cases need them. A service without targets is looked for by its name on every host. */
export function servicesOf(config: Config): ReadonlyMap<string, Service> {
  return new Map(config.services.map((service) => [service.name, toService(service, config)]));
}

function toService(service: ServiceConfig, config: Config): Service {
  const everywhere = [...config.hosts, ...config.clusters].map(({ name }) => ({ estate: name, name: service.name }));
  const targets = service.targets.map((target): ServiceTarget => {
    const own = target.approvals === undefined ? null : policyOf(target.approvals, config);
    const where =
      target.kind === 'docker'
        ? { estate: target.host, name: target.container }
        : { estate: target.cluster, name: `${target.namespace}/${target.workload}` };
    return own ? { ...where, approvals: own } : where;
  });
  return {
    name: service.name,
    targets: targets.length > 0 ? targets : everywhere,
    image: service.image,
    platforms: service.platforms,
    impact: service.impact.map(({ metrics, name, series, recovers, unit }) => ({
      source: metrics,
      name,
      series,
      recovers,
      unit,
    })),
    rebuild: service.rebuild,
    approvals: policyOf(service.approvals, config),
  };
}

function policyOf(name: string | null, config: Config): ApprovalPolicy | null {
  return config.approvals.find((policy) => policy.name === name) ?? null;
}

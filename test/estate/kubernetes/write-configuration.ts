import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterBench } from './cluster-bench.ts';

/** A configuration that knows the bench's cluster, or some namespaces of it, and registry; gives its path. */
export function writeConfiguration({ plane, registry, cluster }: ClusterBench, namespaces?: readonly string[]): string {
  const path = join(plane.folder, `execfmt-${namespaces?.join('-') ?? 'all'}.yaml`);
  const config = {
    clusters: { [cluster]: { kubeconfig: plane.kubeconfig('admin'), ...(namespaces && { namespaces }) } },
    registries: { [registry]: { plainHttp: true } },
    store: 'sqlite:./execfmt.db',
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

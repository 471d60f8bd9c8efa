import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterBench } from './cluster-bench.ts';

/** A configuration that knows the bench's cluster and registry; gives its path. */
export function writeConfiguration({ plane, registry, cluster }: ClusterBench): string {
  const path = join(plane.folder, 'execfmt.yaml');
  const config = {
    clusters: { [cluster]: { kubeconfig: plane.kubeconfig('admin') } },
    registries: { [registry]: { plainHttp: true } },
    store: 'sqlite:./execfmt.db',
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

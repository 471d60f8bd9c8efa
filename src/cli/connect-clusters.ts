import { createKubernetesSwapper } from '../../adapters/estate/kubernetes/change/image-swapper.ts';
import { createKubernetesEstate } from '../../adapters/estate/kubernetes/estate.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Service } from '../app/deps.ts';
import type { ClusterConfig } from '../config/config.ts';
import type { Estate } from '../ports/estate.ts';
import type { ImageSource } from '../ports/image-source.ts';
import type { ImageSwapper } from '../ports/image-swap.ts';
import { changeableEstates } from './changeable-estates.ts';

/** Logins by registry. */
type Logins = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

/**
 * The configured clusters; each is asked at the first question only. One on which no service has approvers is not given
 * the means to be changed. `images` reads with the logins of a pod beside the configured ones.
 */
export function connectClusters(
  clusters: readonly ClusterConfig[],
  services: ReadonlyMap<string, Service>,
  images: (logins: Logins) => ImageSource,
): { estates: Map<string, Estate>; swappers: Map<string, ImageSwapper> } {
  const changeable = changeableEstates(services);
  const estates = new Map<string, Estate>();
  const swappers = new Map<string, ImageSwapper>();
  for (const cluster of clusters) {
    const { name } = cluster;
    const common = { ...cluster, images, clock: systemClock };
    estates.set(name, createKubernetesEstate({ ...common, command: commandFor(cluster) }));
    if (changeable.has(name)) swappers.set(name, createKubernetesSwapper(common));
  }
  return { estates, swappers };
}

/** What a person types to reach the same cluster. */
function commandFor({ kubeconfig, context }: ClusterConfig): string {
  const file = kubeconfig === null ? '' : ` --kubeconfig ${kubeconfig}`;
  return `kubectl${file}${context === null ? '' : ` --context ${context}`}`;
}

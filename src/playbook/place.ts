/** Where an instance of a target runs. The shape is the contract's `where`. */
export type Place =
  | { readonly kind: 'docker'; readonly host: string; readonly container: string }
  | {
      readonly kind: 'kubernetes';
      readonly cluster: string;
      readonly namespace: string;
      readonly workload: string;
      readonly pod: string;
      readonly container: string;
      readonly node: string;
    };

/** A short name for a place, for a sentence: `pdf-renderer on render-01`. */
export function describePlace(place: Place): string {
  return place.kind === 'docker'
    ? `${place.container} on ${place.host}`
    : `${place.namespace}/${place.pod} (${place.container}) on ${place.cluster}`;
}

/** The host or cluster of a place, as it is named in the configuration. */
export function estateOf(place: Place): string {
  return place.kind === 'docker' ? place.host : place.cluster;
}

import type { Config } from '../config/config.ts';

/** Parts of a valid configuration that this version does nothing with yet: said plainly, never passed over in silence. */
export function unsupportedParts(config: Config): readonly string[] {
  const rebuilds = config.services.filter(({ rebuild }) => rebuild !== null).map(({ name }) => name);
  return [...(rebuilds.length > 0 ? [`rebuilds (${rebuilds.join(', ')}) are not started yet`] : [])];
}

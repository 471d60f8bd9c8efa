import { type ImageConfig, parseImageConfig } from '../../../src/image/config.ts';
import { type Reference, repositoryName } from '../../../src/image/reference.ts';
import { problem } from '../../../src/playbook/answer.ts';
import type { DiskCache } from './layers/disk-cache.ts';
import type { RegistryClient } from './registry-client.ts';
import type { Expected } from './verify-bytes.ts';

const LARGEST_CONFIG = 8 * 1024 ** 2;
/** Of what is kept; its number changes with the fields of ImageConfig. */
const CONFIG = 'config-1';

/** An image's configuration, and about how many bytes of memory it takes. */
export interface ReadConfig {
  readonly config: ImageConfig;
  readonly weight: number;
}

/**
 * Reads an image's configuration out of the cache, else from its registry. What is kept on disk is what we read of it,
 * which of the environment is PATH alone: the blob itself holds the values of all variables. Rejects with ProbeError.
 */
export async function readImageConfig(
  { client, cache }: { readonly client: RegistryClient; readonly cache: DiskCache },
  reference: Reference,
  expected: Expected,
  signal: AbortSignal,
): Promise<ReadConfig> {
  const { registry, repository } = reference;
  const { digest } = expected;
  const kept = await cache.get(digest, CONFIG);
  if (kept !== null) return { config: JSON.parse(kept.toString('utf8')) as ImageConfig, weight: kept.length };
  const what = `the configuration ${digest} of ${repositoryName(reference)}`;
  const ask = { registry, repository, path: `blobs/${digest}`, what, signal };
  const { bytes } = await client.read(ask, LARGEST_CONFIG, expected);
  const config = parseImageConfig(bytes.toString('utf8'));
  if (config === null) throw problem('invalid', registry, `${what} is no JSON object. Push the image again.`);
  const content = Buffer.from(JSON.stringify(config));
  await cache.set(digest, CONFIG, content);
  return { config, weight: content.length };
}

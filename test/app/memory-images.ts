import { littleElf } from '../../adapters/practice/little-elf.ts';
import { parseImageConfig } from '../../src/image/config.ts';
import { formatPlatform, type Platform, samePlatform } from '../../src/image/platform.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import type { ImageSource, OpenedImage } from '../../src/ports/image-source.ts';
import { memoryTree } from '../kernel/memory-tree.ts';

export const AMD64: Platform = { os: 'linux', architecture: 'amd64', variant: null };
export const ARM64: Platform = { os: 'linux', architecture: 'arm64', variant: null };

/** Images in memory by their reference: the platforms of an index, or the one of a manifest. Each starts `/app/run`. */
export interface MemoryImages extends ImageSource {
  /** The questions, as they came. */
  readonly asked: string[];
}

/** `wait` delays each answer. */
export function memoryImages(
  published: Readonly<Record<string, readonly Platform[] | Platform>>,
  wait: () => Promise<void> = async () => {},
): MemoryImages {
  const asked: string[] = [];
  const of = (reference: string) => published[reference];
  const source: MemoryImages = {
    asked,
    async resolve(reference) {
      asked.push(`resolve ${reference}`);
      await wait();
      const found = of(reference);
      if (found === undefined) return failed('not-found', reference, 'there is no such image.');
      const platforms = 'os' in found ? [found] : found;
      const entries = platforms.map((platform) => ({ platform, digest: formatPlatform(platform) }));
      return known({ reference, digest: 'd', mediaType: 'm', kind: 'os' in found ? 'manifest' : 'index', entries });
    },
    async open(reference, platform) {
      asked.push(`open ${reference} ${formatPlatform(platform)}`);
      await wait();
      const found = of(reference);
      const taken = found && ('os' in found ? found : found.find((one) => samePlatform(one, platform)));
      return taken ? known(imageFor(taken)) : failed('not-found', reference, 'there is no such image.');
    },
    tags: async (repository) => failed('unsupported', repository, 'it has no tags.'),
    provenance: async () => known(null),
    withLogins: () => source,
  };
  return source;
}

function imageFor(platform: Platform): OpenedImage {
  const architecture = platform.architecture === 'arm64' ? 'arm64' : 'amd64';
  const tree = memoryTree({
    '/app/run': littleElf({ architecture, message: 'ready' }),
    '/etc/passwd': 'root:x:0:0::/:',
  });
  const config = parseImageConfig(JSON.stringify({ ...platform, config: { Entrypoint: ['/app/run'] } }));
  if (config === null) throw new Error('this is a configuration');
  return {
    digest: 'd',
    config,
    layers: [],
    files: { lstat: async (path) => tree.lstat(path), read: async (...at) => tree.read(...at) },
    verified: () => true,
  };
}

import { describe } from 'vitest';
import type { Blob, BuiltImage } from '../../adapters/practice/oci-image.ts';
import { type ContractImages, imageSourceContract } from '../contracts/image-source-contract.ts';
import { indexContent } from '../lab/image-layout.ts';
import { type Stored, stored } from '../servers/registry/build-image.ts';
import { startRegistry } from '../servers/registry/start-registry.ts';
import { sourceFor } from './open-source.ts';

const toStored = ({ digest, mediaType, content }: Blob): Stored => ({ digest, mediaType, bytes: Buffer.from(content) });

async function registrySource({ single, many }: ContractImages) {
  const registry = await startRegistry();
  const push = ({ manifest, config, layers }: BuiltImage, ...tags: string[]) => {
    for (const blob of [config, ...layers]) registry.putBlob(toStored(blob));
    registry.putManifest('team/render', toStored(manifest), ...tags);
  };
  push(single, 'single');
  for (const image of many) push(image);
  const index = stored(indexContent(many, single), 'application/vnd.oci.image.index.v1+json');
  registry.putManifest('team/render', index, 'many');
  const repository = `${registry.host}/team/render`;
  return {
    images: sourceFor(registry.host),
    single: `${repository}:single`,
    many: `${repository}:many`,
    missing: `${repository}:missing`,
    tags: { of: repository, have: ['single', 'many'] },
    close: () => registry.stop(),
  };
}

describe('a registry as a source of images', () =>
  imageSourceContract({ indexes: true, layers: true }, registrySource));

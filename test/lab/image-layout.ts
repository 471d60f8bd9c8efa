import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuiltImage, digestOf, MEDIA_TYPES } from '../../adapters/practice/oci-image.ts';

/** An image of one platform, or several as one index. */
export type LayoutImage = BuiltImage | readonly BuiltImage[];

const REF_NAME = 'org.opencontainers.image.ref.name';

const isIndex = (image: LayoutImage): image is readonly BuiltImage[] => Array.isArray(image);
const children = (image: LayoutImage): readonly BuiltImage[] => (isIndex(image) ? image : [image as BuiltImage]);

const descriptorOf = ({ manifest, platform }: BuiltImage) => ({
  mediaType: manifest.mediaType,
  digest: manifest.digest,
  size: manifest.content.length,
  platform: {
    os: platform.os,
    architecture: platform.architecture,
    ...(platform.variant && { variant: platform.variant }),
  },
});

/** What an index of these images is, byte for byte, with an attestation of BuildKit's kind beside them. */
export function indexContent(images: readonly BuiltImage[], attestation: BuiltImage | null = null): Buffer {
  const platform = { os: 'unknown', architecture: 'unknown' };
  const annotations = { 'vnd.docker.reference.type': 'attestation-manifest' };
  const attested = attestation ? [{ ...descriptorOf(attestation), platform, annotations }] : [];
  const manifests = [...images.map(descriptorOf), ...attested];
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests }));
}

/**
 * Writes images as an OCI image layout (image-spec image-layout.md), each under the tag that it is given with; an empty
 * tag is none.
 */
export async function writeImageLayout(folder: string, images: Readonly<Record<string, LayoutImage>>): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  const write = (digest: string, content: Uint8Array) => writeFile(join(blobs, digest.replace('sha256:', '')), content);
  await mkdir(blobs, { recursive: true });
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const roots = [];
  for (const [tag, image] of Object.entries(images)) {
    const annotations = tag === '' ? {} : { annotations: { [REF_NAME]: tag } };
    if (isIndex(image)) {
      const content = indexContent(image);
      await write(digestOf(content), content);
      const root = { mediaType: MEDIA_TYPES.index, digest: digestOf(content), size: content.length };
      roots.push({ ...root, ...annotations });
    } else {
      roots.push({ ...descriptorOf(image as BuiltImage), ...annotations });
    }
    for (const { manifest, config, layers } of children(image)) {
      for (const { digest, content } of [manifest, config, ...layers]) await write(digest, content);
    }
  }
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: roots };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
}

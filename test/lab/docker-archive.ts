import { gunzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { BuiltImage } from '../../adapters/practice/oci-image.ts';

const hex = (digest: string) => digest.replace('sha256:', '');

/**
 * An archive as `docker save` of engines before 25 wrote it: `manifest.json`, configurations, and for each layer a folder
 * with `layer.tar`, which is a link to an earlier one where the same layer stands there already.
 */
export async function dockerArchive(images: Readonly<Record<string, BuiltImage>>): Promise<Buffer> {
  const archive = pack();
  const written = new Map<string, string>();
  const manifest = [];
  for (const [tag, { config, layers }] of Object.entries(images)) {
    const paths = layers.map((layer, at) => {
      const folder = hex(layer.digest).replace(/^../, String(at).padStart(2, '0'));
      const path = `${folder}/layer.tar`;
      const there = written.get(layer.digest);
      archive.entry({ name: `${folder}/`, type: 'directory' });
      if (there === undefined) archive.entry({ name: path }, gunzipSync(layer.content));
      else if (there !== path) archive.entry({ name: path, type: 'symlink', linkname: `../${there}` });
      written.set(layer.digest, there ?? path);
      return path;
    });
    archive.entry({ name: `${hex(config.digest)}.json` }, Buffer.from(config.content));
    manifest.push({ Config: `${hex(config.digest)}.json`, RepoTags: [tag], Layers: paths });
  }
  archive.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

import { type Manifest, parseManifest } from '../../../../src/image/manifest.ts';
import { problem } from '../../../../src/playbook/answer.ts';

/** An index or an image's manifest; artifacts and what cannot be read have been refused. */
export type ImageManifest = Extract<Manifest, { kind: 'index' | 'manifest' }>;

/** Reads a manifest that is an image's. `name` is what it is called in messages. Throws ProbeError for all others. */
export function acceptManifest(text: string, contentType: string | null, target: string, name: string): ImageManifest {
  const manifest = parseManifest(text, contentType);
  if (manifest.kind === 'refused') {
    throw problem(manifest.code, target, `${name} cannot be read as an image: ${manifest.reason}.`);
  }
  if (manifest.kind === 'artifact') {
    const message = `${name} is no image but an artifact (${manifest.artifactType}), which has nothing to run.`;
    throw problem('unsupported', target, message);
  }
  return manifest;
}

import { asList, asObject, asText, asTextRecord, parseJsonObject } from '../../../../src/image/json-values.ts';
import { isDigest, parseReference } from '../../../../src/image/reference.ts';
import { problem } from '../../../../src/playbook/answer.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { LayerSource } from '../layers/layer-source.ts';
import { digestOf } from './digest-of.ts';
import type { ImageStore, NamedManifest } from './image-store.ts';
import type { LocalFiles } from './local-files.ts';
import { parse, readConfig, readManifest, readManifestFile } from './read-blobs.ts';
import { splitReference } from './split-reference.ts';

const INDEX = 'index.json';
/** The tag alone by the specification (annotations.md); Docker and containerd write the whole name beside it. */
const TAG = 'org.opencontainers.image.ref.name';
const NAME = 'io.containerd.image.name';
const ATTESTATION = 'vnd.docker.reference.type';

/** One line of `index.json`. */
interface Root {
  readonly digest: string;
  readonly names: readonly string[];
}

/** Where an OCI layout keeps a blob (image-spec image-layout.md). */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** One image of an OCI layout, as a folder or in an archive. */
export function layoutStore(files: LocalFiles, layers: LayerSource, clock: Clock, reference: string): ImageStore {
  const { target } = files;
  const manifest = (digest: string, signal: AbortSignal) => readManifest(files, blobPath(digest), digest, signal);
  return {
    target,
    name: reference === '' ? target : reference,
    root: (signal) => findRoot(files, reference, manifest, signal),
    manifest,
    config: ({ digest }, signal) => readConfig(files, blobPath(digest), digest, signal),
    layer: ({ digest, size, annotations }) => ({ registry: target, repository: reference, digest, size, annotations }),
    layers,
    clock,
  };
}

/** The names in a layout, as they may be asked for. Rejects with ProbeError. */
export async function layoutNames(files: LocalFiles, signal: AbortSignal): Promise<readonly string[]> {
  const roots = rootsOf(files, await readManifestFile(files, INDEX, signal));
  return roots.flatMap(({ names }) => names.slice(0, 1));
}

async function findRoot(
  files: LocalFiles,
  reference: string,
  manifest: (digest: string, signal: AbortSignal) => Promise<NamedManifest>,
  signal: AbortSignal,
): Promise<NamedManifest> {
  const bytes = await readManifestFile(files, INDEX, signal);
  const { name, digest } = splitReference(reference);
  const whole = digestOf(bytes);
  const asIndex = (): NamedManifest => ({ digest: whole, manifest: parse(files, INDEX, bytes) });
  if (digest !== null) return digest === whole ? asIndex() : manifest(digest, signal);
  const roots = rootsOf(files, bytes);
  const fitting = name === '' ? roots : roots.filter(({ names }) => names.some((each) => isSame(each, name)));
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return manifest(first.digest, signal);
  // Some tools write the platforms of one image here, without an index of their own.
  if (name === '' && roots.length > 1 && roots.every(({ names }) => names.length === 0)) return asIndex();
  throw problem(first === undefined ? 'not-found' : 'conflict', files.target, ambiguous(name, roots));
}

function rootsOf(files: LocalFiles, bytes: Buffer): readonly Root[] {
  const document = parseJsonObject(bytes.toString('utf8'));
  if (!Array.isArray(document?.manifests))
    throw problem('invalid', files.target, `its ${INDEX} is no index of images.`);
  return asList(document.manifests).flatMap((each) => {
    const digest = asText(asObject(each)?.digest);
    const annotations = asTextRecord(asObject(each)?.annotations);
    if (digest === null || !isDigest(digest) || annotations[ATTESTATION]) return [];
    return [{ digest, names: [annotations[NAME], annotations[TAG]].filter((name) => name !== undefined) }];
  });
}

/** `busybox` and `docker.io/library/busybox:latest` are the same name; a bare tag is just itself. */
function isSame(annotated: string, wanted: string): boolean {
  if (annotated === wanted) return true;
  const [a, b] = [parseReference(annotated), parseReference(wanted)];
  if (a.kind === 'invalid' || b.kind === 'invalid' || !annotated.includes(':')) return false;
  const full = ({ registry, repository, tag }: typeof a.reference) => `${registry}/${repository}:${tag}`;
  return full(a.reference) === full(b.reference);
}

function ambiguous(name: string, roots: readonly Root[]): string {
  const names = roots.flatMap((root) => root.names.slice(0, 1));
  if (roots.length === 0) return 'there is no image in it. It may have been saved by half.';
  const list = names.length === 0 ? `${roots.length} images without names` : names.join(', ');
  if (name === '') return `it holds several images: ${list}. Say which one, after a colon.`;
  return `it holds ${list}, and not exactly one ${name}. Say which one, after a colon.`;
}

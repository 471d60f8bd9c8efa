/** Files that hold images, by the names that skopeo and podman have for them (containers-transports(5)). */
export const FILE_TRANSPORTS = ['docker-archive', 'oci-archive', 'oci', 'dir'] as const;
export type FileTransport = (typeof FILE_TRANSPORTS)[number];

/** Where an image is to be read, and what it is called there. */
export type ImageName =
  | { readonly kind: 'registry'; readonly reference: string }
  | { readonly kind: 'docker-daemon'; readonly reference: string }
  /** `reference` is empty when only the file is named. */
  | { readonly kind: FileTransport; readonly path: string; readonly reference: string };

export type ImageNameResult =
  | { readonly kind: 'name'; readonly name: ImageName }
  | { readonly kind: 'invalid'; readonly reason: string };

const DAEMON = 'docker-daemon:';
const REGISTRY = 'docker://';
/** Other transports of skopeo, which would else be taken for the name of an image. */
const UNKNOWN = /^(containers-storage|ostree|sif|tarball|docker-tar|atomic):|^([a-z][a-z+-]*):\/\//;

/**
 * Reads an image's name as skopeo spells it: `docker-archive:FILE[:REF]`, `oci-archive:FILE[:REF]`, `oci:DIR[:REF]`,
 * `dir:DIR`, `docker-daemon:REF`, `docker://REF`. Anything else is a reference in a registry. The reason of a refusal is
 * half a sentence for the person who wrote it.
 */
export function parseImageName(text: string): ImageNameResult {
  const written = text.trim();
  if (written === '') return invalid('an image is missing');
  if (written.startsWith(REGISTRY)) return registry(written.slice(REGISTRY.length));
  if (written.startsWith(DAEMON)) return daemon(written.slice(DAEMON.length));
  const transport = FILE_TRANSPORTS.find((name) => written.startsWith(`${name}:`));
  if (transport !== undefined) return inFile(transport, written.slice(transport.length + 1));
  const unknown = UNKNOWN.exec(written);
  if (unknown) {
    const forms = ['docker://', DAEMON, ...FILE_TRANSPORTS.map((name) => `${name}:`)].join(', ');
    return invalid(`${unknown[0]} is no place that images can be read from here; there are ${forms}`);
  }
  return registry(written);
}

const invalid = (reason: string): ImageNameResult => ({ kind: 'invalid', reason });

function registry(reference: string): ImageNameResult {
  return reference === ''
    ? invalid('the image’s name is missing')
    : { kind: 'name', name: { kind: 'registry', reference } };
}

function daemon(reference: string): ImageNameResult {
  return reference === ''
    ? invalid('the image’s name or id is missing')
    : { kind: 'name', name: { kind: 'docker-daemon', reference } };
}

/** The first colon ends the path, as for skopeo; but that of a drive (`C:\\images`) does not. */
function inFile(kind: FileTransport, rest: string): ImageNameResult {
  const from = /^[A-Za-z]:[\\/]/.test(rest) ? 2 : 0;
  const colon = kind === 'dir' ? -1 : rest.indexOf(':', from);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  if (path === '') return invalid(`the path after ${kind}: is missing`);
  return { kind: 'name', name: { kind, path, reference: colon < 0 ? '' : rest.slice(colon + 1) } };
}

/** The reference of one digest under the same name, for a source that was asked for `reference`. */
export function atDigest(reference: string, digest: string): string {
  return `${reference.split('@')[0]}@${digest}`;
}

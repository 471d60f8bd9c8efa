/** An image reference, taken apart by the grammar of Docker and the OCI distribution specification, defaults filled in. */
export interface Reference {
  /** As it was given, without surrounding blanks. */
  readonly written: string;
  /** Host and port: `docker.io`, `registry.corp.io`, `localhost:5000`, `[fd00::1]:5000`. */
  readonly registry: string;
  /** `library/nginx`, `team/pdf-renderer` */
  readonly repository: string;
  /** `latest` when neither a tag nor a digest was written; null when only a digest was. */
  readonly tag: string | null;
  /** `sha256:…`; wins over the tag wherever both are written. */
  readonly digest: string | null;
}

export type ReferenceResult =
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'invalid'; readonly reason: string };

const DOCKER_HUB = 'docker.io';
const LIBRARY = 'library/';

/** The rules of distribution/reference: lower case parts, joined by one dot, one or two underscores, or dashes. */
const PATH_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const REGISTRY = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:.]+\\])(?::([0-9]{1,5}))?$`);
const DIGESTS: ReadonlyMap<string, RegExp> = new Map([
  ['sha256', /^[a-f0-9]{64}$/],
  ['sha512', /^[a-f0-9]{128}$/],
]);
const LONGEST_REPOSITORY = 255;

/** Whether a text is a digest that this program can verify: `sha256:` or `sha512:` and lower-case hexadecimal digits. */
export function isDigest(text: string): boolean {
  const colon = text.indexOf(':');
  return DIGESTS.get(text.slice(0, colon))?.test(text.slice(colon + 1)) ?? false;
}

/** Whether a text may be a tag (OCI distribution-spec: at most 128 characters). */
export const isTag = (text: string): boolean => TAG.test(text);

/** Reads a reference as `docker pull` would; the reason of a refusal is one sentence for the person who wrote it. */
export function parseReference(text: string): ReferenceResult {
  const written = text.trim();
  if (written === '') return invalid('an image reference is missing');
  const [beforeDigest = '', digest = null, ...more] = written.split('@');
  if (more.length > 0) return invalid('it has more than one @');
  if (digest !== null && !isDigest(digest))
    return invalid(`${digest || 'nothing'} after the @ is no sha256 or sha512 digest`);
  const { name, tag } = splitTag(beforeDigest);
  if (tag !== null && !isTag(tag)) return invalid(`${tag || 'nothing'} after the colon is no tag`);
  if (/^[a-f0-9]{64}$/.test(name)) return invalid('64 hexadecimal digits are the id of an image, not its name');
  const { registry, repository } = splitRegistry(name);
  const why = refuseRegistry(registry) ?? refuseRepository(repository);
  if (why !== null) return invalid(why);
  const effectiveTag = tag ?? (digest === null ? 'latest' : null);
  return { kind: 'reference', reference: { written, registry, repository, tag: effectiveTag, digest } };
}

const invalid = (reason: string): ReferenceResult => ({ kind: 'invalid', reason });

/** A colon after the last slash begins a tag; any other one belongs to a port or an IPv6 address. */
function splitTag(text: string): { name: string; tag: string | null } {
  const colon = text.lastIndexOf(':');
  if (colon <= text.lastIndexOf('/') || colon < 0) return { name: text, tag: null };
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) };
}

/** The first part is a registry when it has a dot, a colon or a capital letter, or is `localhost` (distribution/reference). */
function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isRegistry = slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const registry = isRegistry && first !== `index.${DOCKER_HUB}` ? first.toLowerCase() : DOCKER_HUB;
  const path = isRegistry ? name.slice(slash + 1) : name;
  const repository = registry === DOCKER_HUB && path !== '' && !path.includes('/') ? LIBRARY + path : path;
  return { registry, repository };
}

function refuseRegistry(registry: string): string | null {
  const match = REGISTRY.exec(registry);
  if (!match) return `${registry} is no registry's name`;
  return match[1] !== undefined && Number(match[1]) > 65_535 ? `${registry} has no valid port` : null;
}

function refuseRepository(repository: string): string | null {
  if (repository === '') return 'the name of the image is missing';
  if (repository.length > LONGEST_REPOSITORY) return `the name is longer than ${LONGEST_REPOSITORY} characters`;
  const odd = repository.split('/').find((part) => !PATH_PART.test(part));
  if (odd === undefined) return null;
  if (odd !== odd.toLowerCase()) return `${odd} has capital letters, and an image's name must not`;
  return odd === '' ? 'a part of the name is empty' : `${odd} is no valid part of an image's name`;
}

/** `registry/repository` as a person writes it: `registry.corp.io/pdf-renderer`, but `nginx` for Docker Hub's own. */
export function repositoryName(reference: Reference): string {
  const { registry, repository } = reference;
  if (registry !== DOCKER_HUB) return `${registry}/${repository}`;
  const short = repository.startsWith(LIBRARY) ? repository.slice(LIBRARY.length) : repository;
  // `docker.io/library/a/b` shortened to `a/b` would name another repository.
  return short.includes('/') && short !== repository ? `${registry}/${repository}` : short;
}

/** The whole reference as a person writes it, with the tag and digest that it has. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === null ? '' : `:${reference.tag}`;
  const digest = reference.digest === null ? '' : `@${reference.digest}`;
  return `${repositoryName(reference)}${tag}${digest}`;
}

/** `registry/repository@sha256:…`, complete, so that it means the same on every host and cluster. */
export function withDigest(reference: Reference, digest: string): string {
  return `${reference.registry}/${reference.repository}@${digest}`;
}

import { oneLine } from './one-line.ts';
import { withoutLogin } from './source-location.ts';

/** What an image's labels or annotations say of how it was made (OCI image-spec annotations.md). Anybody may have written them. */
export interface StatedBuild {
  readonly source: string | null;
  readonly revision: string | null;
  readonly version: string | null;
  readonly createdAt: string | null;
  /** The image it was built on. */
  readonly baseName: string | null;
  readonly baseDigest: string | null;
}

/**
 * Reads them: from the labels, else from the annotations of the manifest, where buildah and ko write the base; by the names
 * of the OCI and where those are missing by the older ones of label-schema.org.
 */
export function readStatedBuild(labels: Texts, annotations: Texts = {}): StatedBuild {
  const stated = (name: string, older: string | null = null): string | null => {
    const full = `org.opencontainers.image.${name}`;
    return own(labels, full) ?? own(annotations, full) ?? (older && own(labels, `org.label-schema.${older}`));
  };
  return {
    source: withoutLogin(stated('source', 'vcs-url')),
    revision: oneLine(stated('revision', 'vcs-ref')),
    version: oneLine(stated('version', 'version')),
    createdAt: oneLine(stated('created', 'build-date')),
    baseName: oneLine(stated('base.name')),
    baseDigest: oneLine(stated('base.digest')),
  };
}

type Texts = Readonly<Record<string, string>>;

const own = (texts: Texts, name: string): string | null => (Object.hasOwn(texts, name) && texts[name]) || null;

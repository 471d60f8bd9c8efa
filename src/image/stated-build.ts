import { oneLine, withoutLogin } from './source-location.ts';

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

/** Reads them, by the names of the OCI and where those are missing by the older ones of label-schema.org. */
export function readStatedBuild(labels: Readonly<Record<string, string>>): StatedBuild {
  const label = (name: string, older?: string): string | null =>
    own(labels, `org.opencontainers.image.${name}`) ?? (older ? own(labels, `org.label-schema.${older}`) : null);
  return {
    source: withoutLogin(label('source', 'vcs-url')),
    revision: oneLine(label('revision', 'vcs-ref')),
    version: oneLine(label('version', 'version')),
    createdAt: oneLine(label('created', 'build-date')),
    baseName: oneLine(label('base.name')),
    baseDigest: oneLine(label('base.digest')),
  };
}

const own = (labels: Readonly<Record<string, string>>, name: string): string | null =>
  (Object.hasOwn(labels, name) && labels[name]) || null;

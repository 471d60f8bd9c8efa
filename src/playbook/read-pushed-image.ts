import { isDigest } from '../image/reference.ts';

const DIGEST = '(sha256:[a-f0-9]{64})';

/** Docker says first where it pushes to … */
const REPOSITORY = /^The push refers to repository \[([^\]\s]{1,300})\]/;
/** … and then, for each tag: `v3: digest: sha256:… size: 1234`. */
const DOCKER = new RegExp(`^([\\w][\\w.-]{0,127}): digest: ${DIGEST}`);
/** Kaniko: `Pushed registry/name@sha256:…`; BuildKit: `#12 pushing manifest for registry/name:v3@sha256:…`; crane, ko: the reference alone. */
const NAMED = new RegExp(`(?:^|\\s)([a-z0-9][\\w.:/-]{2,300})@${DIGEST}`);
const PUSHING = /push|published|^\s*[a-z0-9][\w.:/-]*@sha256:[a-f0-9]{64}\s*$/i;

/** The repository that docker names before it pushes; null on other lines. */
export function repositoryIn(line: string): string | null {
  return REPOSITORY.exec(line)?.[1] ?? null;
}

/** The image that a line says was pushed; null when it says nothing of the kind. A line of a pull is none. */
export function pushedIn(line: string, repository: string | null): { reference: string | null; digest: string } | null {
  if (!line.includes('sha256:')) return null;
  const docker = DOCKER.exec(line);
  if (docker) {
    const [, tag = '', digest = ''] = docker;
    return isDigest(digest) ? { reference: repository === null ? null : `${repository}:${tag}`, digest } : null;
  }
  const [, reference = '', digest = ''] = PUSHING.test(line) ? (NAMED.exec(line) ?? []) : [];
  return isDigest(digest) ? { reference, digest } : null;
}

import { asObject, asText } from './json-values.ts';

/** The instruction as Docker's old builder (`#(nop) COPY file:… in /app`) and BuildKit (`COPY a b /app/ # buildkit`) note it. */
const COPIED = /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:COPY|ADD)\s+(.*?)(?:\s+# buildkit)?\s*$/s;

/**
 * Where the image's history says that each layer put files, lowest first: the target of COPY or ADD, or null. History is
 * what the builder cared to write down; it proves nothing. Nothing else of it is kept, as it may hold values of variables.
 */
export function copyTargets(history: readonly unknown[]): readonly (string | null)[] {
  return history
    .map(asObject)
    .filter((step) => step !== null && step.empty_layer !== true)
    .map((step) => targetOf(asText(step?.created_by) ?? ''));
}

function targetOf(instruction: string): string | null {
  const words = COPIED.exec(instruction)?.[1]?.split(/\s+/) ?? [];
  const target = words
    .at(-1)
    ?.replace(/[\]"]+$/, '')
    .replace(/^"/, '');
  return target?.startsWith('/') ? target : null;
}

/**
 * The lowest layer that may be needed for a path, by its history: all from the top down to it can be fetched together.
 * Null when nothing is said of it.
 */
export function deepestHint(path: string, targets: readonly (string | null)[]): number | null {
  const at = targets.findLastIndex((target) => target !== null && concerns(target, path));
  return at < 0 ? null : at;
}

function concerns(target: string, path: string): boolean {
  const folder = target.endsWith('/') ? target : `${target}/`;
  return (
    path === target ||
    (folder !== '/' && `${path}/`.startsWith(folder)) ||
    (path !== '/' && folder.startsWith(`${path}/`))
  );
}

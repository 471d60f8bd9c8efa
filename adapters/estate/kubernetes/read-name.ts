import { kindOf } from './resources.ts';

/** What a person may have meant by a name. `kind` is `deployment`, `pod`, `rollout` …; null when it was not said. */
export interface Wanted {
  readonly namespace: string | null;
  readonly kind: string | null;
  readonly name: string;
}

/** RFC 1123 names, as the API takes them. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * Reads `name`, `kind/name`, `namespace/name` or `namespace/kind/name`; null when it can be none of them. Kinds go before
 * namespaces: nobody calls a namespace `deployment`.
 */
export function readName(text: string): Wanted | null {
  const parts = text.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 3 || !NAME.test(name)) return null;
  if (parts.length === 1) return { namespace: null, kind: null, name };
  const kind = kindOf(parts.at(-2) ?? '');
  if (parts.length === 2) {
    if (kind !== null) return { namespace: null, kind, name };
    return NAME.test(parts[0] ?? '') ? { namespace: parts[0] ?? '', kind: null, name } : null;
  }
  const namespace = parts[0] ?? '';
  return kind !== null && NAME.test(namespace) ? { namespace, kind, name } : null;
}

import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Api } from './api.ts';
import type { Resource } from './resources.ts';

/** Where this cluster may be looked through. Null: all namespaces, or what the account may see of them. */
export interface Scope {
  readonly namespaces: readonly string[] | null;
  /** The context's own namespace, for an account that may not list all; asked only then. */
  readonly own: (signal: AbortSignal) => Promise<string | null>;
}

/**
 * Lists a resource where it may be looked for: in the configured namespaces, each on its own, else everywhere, else,
 * when that is forbidden, in the context's own namespace. Rejects with ProbeError.
 */
export async function listInScope<T, R>(
  api: Api,
  scope: Scope,
  resource: Resource,
  query: Readonly<Record<string, string>>,
  keep: (item: T) => R | null,
  signal: AbortSignal,
): Promise<readonly R[]> {
  const inOne = (namespace: string | null) => api.list({ verb: 'list', resource, namespace }, query, keep, signal);
  if (scope.namespaces !== null) return (await Promise.all(scope.namespaces.map(inOne))).flat();
  try {
    return await inOne(null);
  } catch (error) {
    const own = error instanceof ProbeError && error.why.code === 'denied' ? await scope.own(signal) : null;
    if (own === null) throw error;
    return inOne(own);
  }
}

/** Whether a namespace may be looked into at all. */
export function isInScope(scope: Scope, namespace: string): boolean {
  return scope.namespaces === null || scope.namespaces.includes(namespace);
}

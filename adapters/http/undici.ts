import { createRequire } from 'node:module';
import type * as Undici from 'undici';

const load = createRequire(import.meta.url);

/**
 * undici's agents, its errors, and nothing else of it: the whole package brings fetch, WebSockets, caches and mocks along,
 * whose loading takes longer than all requests of a check. Its version is pinned, so its files lie where they lie.
 */
export const Agent = load('undici/lib/dispatcher/agent.js') as typeof Undici.Agent;
export type Agent = Undici.Agent;
export const errors = load('undici/lib/core/errors.js') as typeof Undici.errors;

// As undici's own index does: `request` and its like are put on the dispatchers.
Object.assign(
  (load('undici/lib/dispatcher/dispatcher.js') as typeof Undici.Dispatcher).prototype,
  load('undici/lib/api'),
);

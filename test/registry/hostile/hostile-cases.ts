import { configurations } from './configurations.ts';
import { connections } from './connections.ts';
import type { HostileCases } from './hostile-case.ts';
import { layers } from './layers.ts';
import { logins } from './logins.ts';
import { manifests } from './manifests.ts';
import { redirects } from './redirects.ts';

/** Every case that is played, in the order of the document. */
export const HOSTILE_CASES: readonly HostileCases[] = [
  connections,
  redirects,
  logins,
  manifests,
  configurations,
  layers,
];

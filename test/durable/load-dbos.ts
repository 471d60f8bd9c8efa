import { createRequire } from 'node:module';
import type { Sdk } from '../../adapters/durable/dbos/connect.ts';

const require = createRequire(import.meta.url);
const NAME = '@dbos-inc/dbos-sdk';

/**
 * DBOS loaded anew. It keeps its one executor in the module, as a process has one; a test in which several engines stand for
 * several processes loads it for each.
 */
export async function loadDbos(): Promise<Sdk> {
  for (const path of Object.keys(require.cache)) if (path.includes(`/${NAME}/`)) delete require.cache[path];
  return require(NAME) as Sdk;
}

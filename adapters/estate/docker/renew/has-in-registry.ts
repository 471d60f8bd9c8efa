import { ProbeError } from '../../../../src/playbook/answer.ts';
import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { Engine } from '../engine.ts';
import { type RegistryAuthFor, registryOf } from '../swap/pull-image.ts';
import { swapFailure } from '../swap/survey-swap.ts';

const DEADLINE_MS = 60_000;

/**
 * Has the engine itself ask the registry for the manifest (`GET /distribution/{name}/json`): from that host, by its proxy and
 * its trust, with the credentials of the pull. Rejects with ProbeError when it cannot be had there now.
 */
export async function mustBeInRegistry(
  engine: Engine,
  authFor: RegistryAuthFor,
  swap: Swap,
  signal: AbortSignal,
): Promise<void> {
  const registryAuth = await authFor(registryOf(swap.image), signal);
  const request = { method: 'GET', path: `/distribution/${swap.image}/json`, deadlineMs: DEADLINE_MS } as const;
  try {
    await engine.status({ ...request, ...(registryAuth ? { registryAuth } : {}) }, signal);
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const message = `the host cannot get ${swap.image} from its registry now (${error.why.message}), so the damaged copy was not removed`;
    throw swapFailure(engine, error.why.code, message);
  }
}

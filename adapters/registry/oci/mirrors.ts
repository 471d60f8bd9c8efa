import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import { type Endpoint, endpointOf, mirrorEndpoint } from './endpoint.ts';
import type { RegistryOptions } from './options.ts';

/** A place that may have a repository. */
export interface Host {
  readonly endpoint: Endpoint;
  /** Its name there: some mirrors put a prefix before it. */
  readonly repository: string;
}

/** Asks one host after the other. */
export interface Mirrors {
  /**
   * What the first host gives that can: the mirrors of the registry in their order, then the registry itself, whose
   * failure is the one that is told. A mirror that did not answer is left alone for a while.
   */
  firstOf<T>(
    wanted: { readonly registry: string; readonly repository: string; readonly signal: AbortSignal },
    ask: (host: Host, isMirror: boolean) => Promise<T>,
  ): Promise<T>;
}

const LEFT_ALONE_MS = 60_000;
const NOT_WELL = ['unreachable', 'timeout', 'rate-limited'];

export function createMirrors(registries: Readonly<Record<string, RegistryOptions>>, clock: Clock, log: Log): Mirrors {
  const leftAloneUntil = new Map<string, number>();
  return {
    firstOf: async ({ registry, repository, signal }, ask) => {
      for (const mirror of (Object.hasOwn(registries, registry) && registries[registry]?.mirrors) || []) {
        if ((leftAloneUntil.get(mirror) ?? 0) > clock.monotonic()) continue;
        const [name = '', ...prefix] = mirror.split('/');
        const host = { endpoint: mirrorEndpoint(name, registries), repository: [...prefix, repository].join('/') };
        try {
          return await ask(host, true);
        } catch (error) {
          if (!(error instanceof ProbeError) || signal.aborted) throw error;
          const { code } = error.why;
          // That a mirror lacks something, or has it for others only, is nothing to be told of.
          if (!NOT_WELL.includes(code)) continue;
          leftAloneUntil.set(mirror, clock.monotonic() + LEFT_ALONE_MS);
          log.warn({ mirror, registry, code }, 'a mirror does not answer; it is left alone for a minute');
        }
      }
      return ask({ endpoint: endpointOf(registry, registries), repository }, false);
    },
  };
}

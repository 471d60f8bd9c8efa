import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';

/** How one registry is reached, by the name that stands in references (`docker.io` for Docker Hub). */
export interface RegistryOptions {
  readonly username?: string;
  readonly password?: string;
  /** Speak http; otherwise it is always https. */
  readonly plainHttp?: boolean;
  /** PEM of authorities that are trusted beside the usual ones. */
  readonly caPem?: string;
  /**
   * Registries with copies, `host[:port][/prefix]`, that are asked first and in this order; how they are reached stands
   * under their own names. What none of them has or gives in time comes from the registry itself.
   */
  readonly mirrors?: readonly string[];
}

export interface ImageSourceOptions {
  readonly registries: Readonly<Record<string, RegistryOptions>>;
  /** `~/.docker/config.json`, for logins that are not configured; null: do not look. */
  readonly dockerConfigPath: string | null;
  readonly log: Log;
  readonly clock: Clock;
  readonly deadlines?: Partial<Deadlines>;
  /** From 0 up to 1, for spreading repeated requests over time. */
  readonly random?: () => number;
  /** Folder for what is known of layers (`$XDG_CACHE_HOME/execfmt`); null or left out: they are kept in memory only. */
  readonly cacheDir?: string | null;
  /** The most that `cacheDir` may take, in bytes; 512 MiB unless told. */
  readonly cacheBytes?: number;
}

/**
 * Milliseconds for one request with a small answer (redirects, login and repetitions included), for the same of a mirror,
 * for all pages of a list or all that refers to an image, for one credential helper, and for one layer.
 */
export interface Deadlines {
  readonly request: number;
  readonly mirror: number;
  readonly list: number;
  readonly helper: number;
  readonly layer: number;
}

export const DEFAULT_DEADLINES: Deadlines = {
  request: 15_000,
  mirror: 5_000,
  list: 60_000,
  helper: 10_000,
  layer: 300_000,
};

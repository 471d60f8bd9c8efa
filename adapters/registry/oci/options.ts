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
}

export interface ImageSourceOptions {
  readonly registries: Readonly<Record<string, RegistryOptions>>;
  /** `~/.docker/config.json`, for logins that are not configured; null: do not look. */
  readonly dockerConfigPath: string | null;
  readonly log: Log;
  readonly clock: Clock;
  readonly deadlines?: Partial<Deadlines>;
}

/** Milliseconds for one request with a small answer (redirects and login included), for one credential helper, and for one layer. */
export interface Deadlines {
  readonly request: number;
  readonly helper: number;
  readonly layer: number;
}

export const DEFAULT_DEADLINES: Deadlines = { request: 15_000, helper: 10_000, layer: 300_000 };

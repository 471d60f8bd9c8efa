import type { Service, Verification } from '../app/deps.ts';

/** One Docker host as the wiring needs it. Paths are absolute. */
export interface HostSettings {
  readonly name: string;
  readonly docker: string;
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string } | null;
  readonly practice: boolean;
}

/** Where a secret is to be found; the secret itself is never part of the settings. */
export type SecretSource = { readonly env: string } | { readonly file: string } | null;

export interface RegistrySettings {
  readonly name: string;
  readonly username: string | null;
  readonly password: SecretSource;
  readonly plainHttp: boolean;
  /** Absolute path of a PEM file. */
  readonly ca: string | null;
}

export interface MetricsSettings {
  readonly name: string;
  readonly kind: 'scrape' | 'prometheus';
  readonly url: string;
}

/** Everything that a command needs to know to wire the program, wherever it came from: a file, the defaults, or practice. */
export interface Settings {
  readonly hosts: readonly HostSettings[];
  readonly registries: readonly RegistrySettings[];
  readonly metrics: readonly MetricsSettings[];
  readonly services: readonly Service[];
  /** Absolute path of the SQLite file; `:memory:` for a command that leaves nothing behind. */
  readonly store: string;
  /** Null: every channel. */
  readonly slackChannels: readonly string[] | null;
  /** Address of the program's one HTTP server, and whether the page is served there. */
  readonly listen: string;
  readonly page: boolean;
  readonly publicUrl: string | null;
  readonly verification: Verification;
}

export const DEFAULT_VERIFICATION: Verification = { stableForMs: 10_000, timeoutMs: 300_000, followForMs: 180_000 };
export const DEFAULT_LISTEN = '127.0.0.1:3000';

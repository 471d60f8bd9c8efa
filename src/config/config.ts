import type { Platform } from '../image/platform.ts';

/** The configuration as the program uses it: plain data, every default filled in, no secrets (only where they are). */
export interface Config {
  readonly hosts: readonly DockerHostConfig[];
  readonly clusters: readonly ClusterConfig[];
  readonly registries: readonly RegistryConfig[];
  readonly ci: readonly CiConfig[];
  readonly metrics: readonly MetricsConfig[];
  readonly services: readonly ServiceConfig[];
  readonly approvals: readonly ApprovalPolicyConfig[];
  readonly chat: ChatConfig;
  readonly store: StoreConfig;
  /** Without a slash at its end; null when permalinks cannot be made. */
  readonly publicUrl: string | null;
  /** What the organisation's own secrets look like: safe regular expressions, and what is shown in their place. */
  readonly redact: readonly { readonly name: string; readonly pattern: string }[];
  readonly verification: { readonly stableForMs: number; readonly timeoutMs: number };
  readonly watch: WatchConfig;
}

/** Numbers and traces about execfmt itself. */
export interface WatchConfig {
  /** Who may read /metrics: this machine, anybody who reaches the page's address or one of its own, nobody. */
  readonly metrics:
    | { readonly kind: 'this-machine' | 'anybody' | 'nobody' }
    | { readonly kind: 'own-address'; readonly listen: ListenAddress };
  /** The collector's base address and where more headers for it are; null: no traces. */
  readonly traces: { readonly otlp: string; readonly headers: SecretSource | null } | null;
}

/** Where a secret is: its value is read when it is needed, and never kept here. */
export type SecretSource =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

/** A Docker engine. */
export interface DockerHostConfig {
  readonly name: string;
  /** `ssh://user@host`, `unix:///path` or `tcp://host:port`. */
  readonly docker: string;
  /** Files in PEM; of `tcp://` engines only. */
  readonly tls?: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null };
  /** Of the practice incident; a host from a file never is. */
  readonly practice: boolean;
}

/** A Kubernetes cluster. All null: in-cluster, or the usual kubeconfig. */
export interface ClusterConfig {
  readonly name: string;
  readonly kubeconfig: string | null;
  readonly context: string | null;
  /** Null: all that may be read. */
  readonly namespaces: readonly string[] | null;
}

/** How one registry is reached; one that is not listed uses Docker's own credentials, else none. */
export interface RegistryConfig {
  /** `registry.corp.io` or `127.0.0.1:5000`. */
  readonly host: string;
  readonly credentials: { readonly username: string; readonly password: SecretSource } | null;
  /** A file in PEM. */
  readonly ca: string | null;
  readonly plainHttp: boolean;
  /** Asked before it, in this order: `host[:port][/prefix]`. */
  readonly mirrors: readonly string[];
  /** The registry that this one mirrors; null when it is none. */
  readonly mirrorOf: string | null;
}

/** A CI server. */
export interface CiConfig {
  readonly name: string;
  readonly kind: 'gitlab' | 'github';
  readonly url: string;
  readonly token: SecretSource | null;
  /** A file in PEM. */
  readonly ca: string | null;
}

/** A source of numbers: a Prometheus server, or one /metrics page. */
export interface MetricsConfig {
  readonly name: string;
  readonly kind: 'prometheus' | 'scrape';
  readonly url: string;
}

/** What a responder names. */
export interface ServiceConfig {
  readonly name: string;
  readonly image: string | null;
  /** Empty when none is stated. */
  readonly platforms: readonly Platform[];
  /** Empty: its instances are found by its name. */
  readonly targets: readonly TargetConfig[];
  readonly rebuild: RebuildConfig | null;
  readonly impact: readonly ImpactConfig[];
  /** The name of a policy; null: diagnosis only. */
  readonly approvals: string | null;
}

/** One place where a service runs. */
export type TargetConfig = (
  | { readonly kind: 'docker'; readonly host: string; readonly container: string }
  | {
      readonly kind: 'kubernetes';
      readonly cluster: string;
      readonly namespace: string;
      /** `deployment/x` */
      readonly workload: string;
    }
) & {
  /** The name of a policy for this place alone; absent: the service's. */
  readonly approvals?: string;
};

/** The pipeline that builds a service's image. */
export interface RebuildConfig {
  /** The name of a CI server. */
  readonly ci: string;
  readonly project: string;
  readonly ref: string | null;
  readonly job: string | null;
  readonly runner: string | null;
}

/** A number that says how much an incident hurts. */
export interface ImpactConfig {
  /** The name of a source of numbers. */
  readonly metrics: string;
  readonly name: string;
  readonly series: string;
  readonly recovers: 'falling' | 'rising' | null;
  readonly unit: string | null;
}

/** Who may approve, and how. */
export interface ApprovalPolicyConfig {
  readonly name: string;
  /** `slack:U012AB3CD`, `slack-group:S0614TZR7`, `teams:<object id>`, `teams-group:<object id>`, `web:<name>`. */
  readonly approvers: readonly string[];
  readonly required: number;
  readonly allowSelf: boolean;
  readonly expiresInMs: number;
}

/** The chats that are configured; null: not there. */
export interface ChatConfig {
  readonly slack: { /** Null: every channel it is invited to. */ readonly channels: readonly string[] | null } | null;
  readonly teams: { readonly kind: 'teams' } | null;
  readonly web: WebConfig | null;
}

/** The page. */
export interface WebConfig {
  readonly listen: ListenAddress;
  /** Who may sign in; empty: nobody can, and the page is served on loopback only. */
  readonly people: readonly WebPersonConfig[];
}

/** Who may sign in to the page, and where their token is. Their identity is `web:<name>`. */
export interface WebPersonConfig {
  readonly name: string;
  readonly token: SecretSource;
}

/** Where the page listens; an empty host is every address, port 0 a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Where runs are kept. */
export type StoreConfig =
  | { /** `:memory:` or a path. */ readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

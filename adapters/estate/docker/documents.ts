/**
 * The parts of the engine's documents that are read here (Docker Engine API 1.41 and later). Everything may be missing:
 * engines, their versions and look-alikes differ. Never leaves this folder: `Config.Env` is in it.
 */
export interface ContainerDocument {
  readonly Id: string;
  readonly Name: string;
  /** The id of the image it was made from. */
  readonly Image: string;
  readonly Created?: string;
  readonly AppArmorProfile?: string;
  readonly Path?: string;
  readonly Args?: readonly string[] | null;
  readonly RestartCount?: number;
  readonly State?: StateDocument;
  readonly Config?: ConfigDocument;
  readonly HostConfig?: HostConfigDocument;
  readonly Mounts?: readonly MountDocument[] | null;
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, EndpointDocument>> | null };
}

interface StateDocument {
  readonly Status?: string;
  readonly Running?: boolean;
  readonly Paused?: boolean;
  readonly Restarting?: boolean;
  readonly OOMKilled?: boolean;
  readonly ExitCode?: number;
  readonly Error?: string;
  readonly StartedAt?: string;
  readonly FinishedAt?: string;
  readonly Health?: { readonly Status?: string } | null;
}

type Flags = Readonly<Record<string, unknown>> | null;

export interface ConfigDocument {
  readonly Image?: string;
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly ExposedPorts?: Flags;
  readonly Volumes?: Flags;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Healthcheck?: unknown;
  readonly StopSignal?: string;
  readonly Hostname?: string;
  readonly Domainname?: string;
  readonly Tty?: boolean;
  readonly [other: string]: unknown;
}

export interface RestartPolicyDocument {
  readonly Name?: string;
  readonly MaximumRetryCount?: number;
}

export interface HostConfigDocument {
  readonly AutoRemove?: boolean;
  readonly PublishAllPorts?: boolean;
  readonly Binds?: readonly string[] | null;
  readonly Mounts?: readonly MountRequest[] | null;
  readonly NetworkMode?: string;
  readonly UTSMode?: string;
  readonly PortBindings?: Flags;
  readonly RestartPolicy?: RestartPolicyDocument;
  readonly Runtime?: string;
  /** Null: as the engine is configured. */
  readonly Init?: boolean | null;
  readonly SecurityOpt?: readonly string[] | null;
  /** By destination, the options of `--tmpfs`. */
  readonly Tmpfs?: Readonly<Record<string, string>> | null;
  readonly VolumesFrom?: readonly string[] | null;
  readonly [other: string]: unknown;
}

/** A mount as it was asked for (`--mount`). */
interface MountRequest {
  readonly Type?: string;
  readonly Source?: string;
  readonly Target?: string;
  readonly [other: string]: unknown;
}

/** A mount as it is. */
export interface MountDocument {
  readonly Type?: string;
  readonly Name?: string;
  readonly Destination?: string;
  readonly RW?: boolean;
}

export interface EndpointDocument {
  readonly NetworkID?: string;
  readonly IPAMConfig?: unknown;
  readonly Links?: readonly string[] | null;
  readonly Aliases?: readonly string[] | null;
  readonly DriverOpts?: unknown;
  readonly GwPriority?: number;
}

export interface ContainerListing {
  readonly Id: string;
  readonly ImageID?: string;
  readonly Names?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly HostConfig?: { readonly NetworkMode?: string };
}

export interface ImageDocument {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Variant?: string;
  readonly Created?: string;
  readonly Config?: ConfigDocument | null;
  /** Digests of the unpacked layers, from the bottom. */
  readonly RootFS?: { readonly Layers?: readonly string[] | null };
}

export interface ImageListing {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  /** Seconds since 1970. */
  readonly Created?: number;
}

export interface InfoDocument {
  readonly OSType?: string;
  readonly Architecture?: string;
  readonly KernelVersion?: string;
  readonly OperatingSystem?: string;
  readonly DefaultRuntime?: string;
  readonly ServerVersion?: string;
  readonly DriverStatus?: readonly (readonly [string?, string?])[] | null;
}

export interface VersionDocument {
  readonly Version?: string;
  readonly Os?: string;
  readonly Arch?: string;
  readonly KernelVersion?: string;
  readonly Components?: readonly { readonly Name?: string }[] | null;
}

/** The engine writes a time that never was as year 1 (Go's zero time). */
export function timeOrNull(text: string | undefined): string | null {
  return !text || text.startsWith('0001-01-01') ? null : text;
}

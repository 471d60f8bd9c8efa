import { z } from 'zod';
import { EngineError } from './engine-error.ts';
import type { StoredImage } from './image-store.ts';

const strings = z.array(z.string()).nullish();
const labels = z.record(z.string(), z.string()).nullish();
const portBindings = z.record(
  z.string(),
  z.array(z.looseObject({ HostIp: z.string().optional(), HostPort: z.string().optional() })).nullable(),
);
const restartPolicy = z.object({ Name: z.string().default(''), MaximumRetryCount: z.number().default(0) });
const mount = z.looseObject({
  Type: z.string(),
  Source: z.string().default(''),
  Target: z.string(),
  ReadOnly: z.boolean().optional(),
});

const hostConfigSchema = z.looseObject({
  Binds: strings,
  Mounts: z.array(mount).nullish(),
  NetworkMode: z.string().optional(),
  PortBindings: portBindings.nullish(),
  RestartPolicy: restartPolicy.nullish(),
});

/** How a container takes part in a network; addresses are given while it runs. */
export type EndpointSettings = Readonly<Record<string, unknown>>;

/** The body of `POST /containers/create`; what is not named here is kept and given back as it came. */
export const createSchema = z.looseObject({
  Image: z.string().default(''),
  Env: strings,
  Cmd: strings,
  Entrypoint: strings,
  WorkingDir: z.string().optional(),
  User: z.string().optional(),
  Labels: labels,
  ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
  HostConfig: hostConfigSchema.nullish(),
  NetworkingConfig: z
    .looseObject({ EndpointsConfig: z.record(z.string(), z.record(z.string(), z.unknown()).nullable()).nullish() })
    .nullish(),
});

export type CreateRequest = z.input<typeof createSchema>;

/** The body of `POST /containers/{id}/update`. */
export const updateSchema = z.looseObject({ RestartPolicy: restartPolicy.nullish() });

/** `Config` of a container. */
export interface ContainerConfig {
  readonly [key: string]: unknown;
  readonly Image: string;
  readonly User: string;
  readonly Env: readonly string[];
  readonly Cmd: readonly string[] | null;
  readonly Entrypoint: readonly string[] | null;
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** `HostConfig` of a container. */
export interface HostConfig {
  readonly [key: string]: unknown;
  readonly NetworkMode: string;
  readonly PortBindings: Readonly<
    Record<string, readonly { HostIp?: string | undefined; HostPort?: string | undefined }[] | null>
  >;
  RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
}

/** One entry of a container's `Mounts`. */
export interface MountPoint {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

type Create = z.output<typeof createSchema>;

const nameOf = (variable: string) => variable.split('=', 1)[0];

/** The request's own variables first, then the image's that it does not set: Docker's order. */
function mergeEnv(own: readonly string[], image: readonly string[]): string[] {
  const set = new Set(own.map(nameOf));
  return [...own, ...image.filter((variable) => !set.has(nameOf(variable)))];
}

/** The container's `Config`: the request's settings over the image's. Throws when there is nothing to execute. */
export function configOf(request: Create, image: StoredImage, id: string): ContainerConfig {
  const { HostConfig: _host, NetworkingConfig: _networking, ...own } = request;
  const base = image.config.config;
  const entrypoint = own.Entrypoint?.length ? own.Entrypoint : null;
  const command = own.Cmd?.length ? own.Cmd : null;
  const config = {
    Hostname: id.slice(0, 12),
    Domainname: '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Volumes: null,
    OnBuild: null,
    ...own,
    User: own.User || base.User || '',
    Env: mergeEnv(own.Env ?? [], base.Env ?? []),
    Entrypoint: entrypoint ?? base.Entrypoint ?? null,
    Cmd: command ?? (entrypoint ? null : (base.Cmd ?? null)),
    WorkingDir: own.WorkingDir || base.WorkingDir || '',
    Labels: { ...base.Labels, ...own.Labels },
  };
  if (!config.Entrypoint?.length && !config.Cmd?.length) throw new EngineError(400, 'No command specified');
  return config;
}

/** The container's `HostConfig`: the request's settings over what Docker 20.10 fills in. */
export function hostConfigOf(request: Create): HostConfig {
  const own = request.HostConfig ?? {};
  const policy = own.RestartPolicy;
  return {
    ...DEFAULTS,
    ...own,
    NetworkMode: own.NetworkMode || 'default',
    PortBindings: own.PortBindings ?? {},
    RestartPolicy: { Name: policy?.Name || 'no', MaximumRetryCount: policy?.MaximumRetryCount ?? 0 },
  };
}

/** The container's mount points, of `Binds` and `Mounts`. */
export function mountsOf(request: Create): MountPoint[] {
  const binds = (request.HostConfig?.Binds ?? []).map((bind) => {
    const [source = '', destination = '', mode = ''] = bind.split(':');
    return mountPoint(source.startsWith('/') ? 'bind' : 'volume', source, destination, mode.split(',').includes('ro'));
  });
  const mounts = (request.HostConfig?.Mounts ?? []).map(({ Type, Source, Target, ReadOnly }) =>
    mountPoint(Type, Source, Target, ReadOnly ?? false),
  );
  return [...binds, ...mounts];
}

function mountPoint(type: string, source: string, destination: string, readOnly: boolean): MountPoint {
  const common = { Destination: destination, RW: !readOnly };
  if (type !== 'volume') {
    return { Type: type, Source: source, ...common, Mode: readOnly ? 'ro' : '', Propagation: 'rprivate' };
  }
  const path = `/var/lib/docker/volumes/${source}/_data`;
  return { Type: type, Name: source, Source: path, ...common, Driver: 'local', Mode: 'z', Propagation: '' };
}

/** What Docker 20.10.24 writes into `HostConfig` when the request does not say, as measured. */
const DEFAULTS = {
  Binds: null,
  ContainerIDFile: '',
  LogConfig: { Type: 'json-file', Config: {} },
  AutoRemove: false,
  VolumeDriver: '',
  VolumesFrom: null,
  CapAdd: null,
  CapDrop: null,
  CgroupnsMode: 'private',
  Dns: [],
  DnsOptions: [],
  DnsSearch: [],
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: 'private',
  Cgroup: '',
  Links: null,
  OomScoreAdj: 0,
  PidMode: '',
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  UTSMode: '',
  UsernsMode: '',
  ShmSize: 67_108_864,
  Runtime: 'runc',
  ConsoleSize: [0, 0],
  Isolation: '',
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CgroupParent: '',
  BlkioWeight: 0,
  BlkioWeightDevice: [],
  CpuPeriod: 0,
  CpuQuota: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Devices: [],
  DeviceCgroupRules: null,
  DeviceRequests: null,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: false,
  PidsLimit: null,
  Ulimits: [],
  MaskedPaths: ['/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list'],
  ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
} as const;

import type { Platform } from '../../../src/image/platform.ts';
import type { KernelHost } from '../../../src/kernel/host.ts';

/** The platform of the practice host. */
export const HOST_PLATFORM: Platform = { os: 'linux', architecture: 'amd64', variant: null };

/** The kernel that the practice host pretends to have: Debian 12's, with no emulator registered. */
export const HOST_KERNEL: KernelHost = {
  os: 'linux',
  arch: 'amd64',
  variant: null,
  pageSize: 4096,
  compat32: true,
  kernel: '6.1',
  binfmt: [],
  mmapMinAddr: 65536,
  vaBits: 47,
};

/** The newest and oldest version of the API that is spoken, as Docker 20.10 does. */
export const API_VERSION = { newest: '1.41', oldest: '1.12' } as const;

const SERVER_VERSION = '20.10.24';
const KERNEL_VERSION = '6.1.0-18-amd64';
const RUNC = { ID: '1.1.5', Expected: '1.1.5' };

/** The body of `GET /version`. */
export function versionOf(): object {
  const common = { Arch: 'amd64', GitCommit: '5d6db84', GoVersion: 'go1.19.8', Os: 'linux' };
  const buildTime = '2023-04-04T18:17:43.000000000+00:00';
  return {
    Platform: { Name: 'Docker Engine - practice' },
    Components: [
      {
        Name: 'Engine',
        Version: SERVER_VERSION,
        Details: {
          ...common,
          ApiVersion: API_VERSION.newest,
          BuildTime: buildTime,
          Experimental: 'false',
          KernelVersion: KERNEL_VERSION,
          MinAPIVersion: API_VERSION.oldest,
        },
      },
      { Name: 'runc', Version: RUNC.ID, Details: { GitCommit: RUNC.ID } },
    ],
    Version: SERVER_VERSION,
    ApiVersion: API_VERSION.newest,
    MinAPIVersion: API_VERSION.oldest,
    ...common,
    KernelVersion: KERNEL_VERSION,
    BuildTime: buildTime,
  };
}

/** What `GET /info` counts. */
export interface EngineCounts {
  readonly running: number;
  readonly stopped: number;
  readonly images: number;
}

/** The body of `GET /info`. */
export function infoOf(hostName: string, counts: EngineCounts, now: number): object {
  return {
    ID: 'PRAC:TICE:0001:EXEC:FMT0:HOST:X86A:MD64:0000:0000:0000:0001',
    Containers: counts.running + counts.stopped,
    ContainersRunning: counts.running,
    ContainersPaused: 0,
    ContainersStopped: counts.stopped,
    Images: counts.images,
    Driver: 'overlay2',
    DriverStatus: null,
    Plugins: { Volume: ['local'], Network: ['bridge', 'host', 'null'], Authorization: null, Log: ['json-file'] },
    MemoryLimit: true,
    SwapLimit: true,
    IPv4Forwarding: true,
    BridgeNfIptables: true,
    BridgeNfIp6tables: true,
    Debug: false,
    SystemTime: new Date(now).toISOString(),
    LoggingDriver: 'json-file',
    CgroupDriver: 'systemd',
    CgroupVersion: '2',
    KernelVersion: KERNEL_VERSION,
    OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    OSVersion: '12',
    OSType: 'linux',
    Architecture: 'x86_64',
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: { InsecureRegistryCIDRs: ['127.0.0.0/8'], IndexConfigs: {}, Mirrors: [] },
    NCPU: 4,
    MemTotal: 8_342_003_712,
    DockerRootDir: '/var/lib/docker',
    Name: hostName,
    Labels: ['practice=true'],
    ExperimentalBuild: false,
    ServerVersion: SERVER_VERSION,
    Runtimes: { 'io.containerd.runc.v2': { path: 'runc' }, runc: { path: 'runc' } },
    DefaultRuntime: 'runc',
    Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '' },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    RuncCommit: RUNC,
    SecurityOptions: ['name=seccomp,profile=default', 'name=cgroupns'],
    Warnings: null,
  };
}

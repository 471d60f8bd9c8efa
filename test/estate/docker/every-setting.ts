import type Docker from 'dockerode';

/** What containers of a case need beside them, made for it on the engine. */
export interface Surroundings {
  /** A network with a subnet of our own, and an address in it. */
  readonly network: { readonly name: string; readonly address: (host: number) => string };
  /** A container that runs, to be linked to and borrowed from. It has a volume at /theirs. */
  readonly partner: { readonly name: string; readonly id: string };
}

/** dockerode's types lack some fields of the engine's API. */
export type Settings = Omit<Docker.ContainerCreateOptions, 'HostConfig'> & {
  readonly HostConfig: Readonly<Record<string, unknown>>;
};

/** One container with settings that go together. `starts` false: this machine's kernel cannot start it, so it is compared as created. */
export interface SettingsCase {
  readonly title: string;
  readonly starts?: false;
  /** Fields that an engine drops where the kernel's cgroups lack them; all others it has to have taken. */
  readonly droppable?: readonly string[];
  readonly settings: (around: Surroundings) => Settings;
}

const MIB = 1024 * 1024;

/** Each mode that replaces a namespace, on a network that needs nothing. */
const modes: readonly SettingsCase[] = (
  [
    ['pid', () => ({ PidMode: 'host' })],
    ['pid of another', ({ partner }) => ({ PidMode: `container:${partner.id}` })],
    ['ipc', () => ({ IpcMode: 'host' })],
    ['ipc, shareable', () => ({ IpcMode: 'shareable' })],
    ['ipc, none', () => ({ IpcMode: 'none' })],
    ['uts', () => ({ UTSMode: 'host' })],
    ['cgroup', () => ({ CgroupnsMode: 'host' })],
    ['user', () => ({ UsernsMode: 'host' })],
  ] as const satisfies readonly (readonly [string, (around: Surroundings) => Settings['HostConfig']])[]
).map(([title, host]) => ({
  title: `namespaces: ${title}`,
  settings: (around) => ({ HostConfig: { NetworkMode: 'none', ...host(around) } }),
}));

/** Every field of `POST /containers/create` (Docker Engine API 1.41) that Linux has, in containers that can exist. */
export const SETTINGS_CASES: readonly SettingsCase[] = [
  {
    title: 'process and image defaults that were overridden',
    settings: ({ network }) => ({
      Env: ['EMPTY=', 'PATH=/opt/bin:/usr/bin', 'MULTI=a=b=c', 'REMOVED'],
      Cmd: ['--workers', '4'],
      Entrypoint: ['/app/render'],
      User: '1000:1000',
      WorkingDir: '/tmp',
      Hostname: 'renderer',
      Domainname: 'docs.internal',
      Tty: true,
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      StopSignal: 'SIGUSR1',
      StopTimeout: 3,
      Shell: ['/bin/other', '-c'],
      Healthcheck: { Test: ['CMD', '/app/render'], Interval: 30e9, Timeout: 5e9, StartPeriod: 2e9, Retries: 2 },
      Labels: { team: 'documents', 'com.docker.compose.project': 'docs', 'com.docker.compose.service': 'renderer' },
      ExposedPorts: { '8080/tcp': {}, '9100/udp': {} },
      HostConfig: { NetworkMode: network.name, GroupAdd: ['4242'], Init: true },
    }),
  },
  {
    title: 'a health check that was switched off, no entrypoint',
    settings: () => ({
      Entrypoint: [''],
      Cmd: ['/app/render'],
      Healthcheck: { Test: ['NONE'] },
      HostConfig: { NetworkMode: 'none', Init: false },
    }),
  },
  {
    title: 'limits',
    droppable: ['BlkioWeight', 'OomKillDisable', 'MemorySwap', 'CpusetMems'],
    settings: () => ({
      HostConfig: {
        NetworkMode: 'none',
        Memory: 128 * MIB,
        MemoryReservation: 64 * MIB,
        MemorySwap: 256 * MIB,
        CpuShares: 512,
        CpuPeriod: 50_000,
        CpuQuota: 25_000,
        CpusetCpus: '0',
        CpusetMems: '0',
        BlkioWeight: 300,
        PidsLimit: 50,
        OomScoreAdj: 500,
        OomKillDisable: false,
        Ulimits: [
          { Name: 'nofile', Soft: 1024, Hard: 2048 },
          { Name: 'core', Soft: 0, Hard: 0 },
        ],
        ShmSize: MIB,
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 4 },
      },
    }),
  },
  {
    title: 'processors as a number, unlimited memory swap, unless-stopped',
    settings: () => ({
      HostConfig: {
        NetworkMode: 'none',
        NanoCpus: 500_000_000,
        Memory: 64 * MIB,
        MemorySwap: -1,
        RestartPolicy: { Name: 'unless-stopped' },
      },
    }),
  },
  {
    title: 'what this kernel may refuse at the start',
    starts: false,
    droppable: ['BlkioWeightDevice', 'MemorySwappiness', 'KernelMemoryTCP'],
    settings: () => ({
      HostConfig: {
        NetworkMode: 'none',
        MemorySwappiness: 10,
        KernelMemoryTCP: 32 * MIB,
        BlkioWeightDevice: [{ Path: '/dev/null', Weight: 400 }],
        BlkioDeviceReadBps: [{ Path: '/dev/null', Rate: MIB }],
        BlkioDeviceWriteBps: [{ Path: '/dev/null', Rate: MIB }],
        BlkioDeviceReadIOps: [{ Path: '/dev/null', Rate: 100 }],
        BlkioDeviceWriteIOps: [{ Path: '/dev/null', Rate: 100 }],
        DeviceRequests: [{ Driver: 'nvidia', Count: -1, DeviceIDs: null, Capabilities: [['gpu']], Options: {} }],
        Devices: [{ PathOnHost: '/dev/dri/card0', PathInContainer: '/dev/dri/card0', CgroupPermissions: 'rw' }],
        SecurityOpt: ['apparmor=docs-renderer', 'label=disable'],
        ContainerIDFile: '/run/renderer.cid',
        VolumeDriver: 'local',
      },
    }),
  },
  {
    title: 'capabilities, devices, security options, kernel parameters',
    settings: ({ network }) => ({
      HostConfig: {
        NetworkMode: network.name,
        CapAdd: ['NET_ADMIN', 'SYS_PTRACE'],
        CapDrop: ['MKNOD'],
        Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/nothing', CgroupPermissions: 'rwm' }],
        DeviceCgroupRules: ['c 1:3 rwm'],
        SecurityOpt: ['no-new-privileges', 'seccomp=unconfined', 'apparmor=unconfined'],
        Sysctls: { 'net.core.somaxconn': '256' },
        ReadonlyRootfs: true,
        Tmpfs: { '/scratch': 'size=1m,mode=1777' },
        Runtime: 'runc',
        MaskedPaths: ['/proc/kcore'],
        ReadonlyPaths: ['/proc/sys'],
        LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
        CgroupParent: '/execfmt-lab-carried-over',
      },
    }),
  },
  {
    title: 'privileged',
    starts: false,
    settings: () => ({ HostConfig: { NetworkMode: 'none', Privileged: true } }),
  },
  {
    title: 'another log driver',
    settings: () => ({
      HostConfig: { NetworkMode: 'none', LogConfig: { Type: 'local', Config: { 'max-size': '1m' } } },
    }),
  },
  {
    title: 'names and addresses',
    settings: ({ network, partner }) => ({
      MacAddress: '02:42:ac:11:aa:bb',
      HostConfig: {
        NetworkMode: network.name,
        Dns: ['192.0.2.53'],
        DnsOptions: ['ndots:2'],
        DnsSearch: ['docs.internal'],
        ExtraHosts: ['db:192.0.2.7'],
        PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      },
      NetworkingConfig: {
        EndpointsConfig: {
          [network.name]: {
            Aliases: ['pdf', 'render'],
            IPAMConfig: { IPv4Address: network.address(77), LinkLocalIPs: ['169.254.34.68'] },
            Links: [`${partner.name}:theirs`],
            DriverOpts: { 'com.example.option': 'kept' },
          },
        },
      },
    }),
  },
  {
    title: 'links on the default network, every port published',
    settings: ({ partner }) => ({
      ExposedPorts: { '8080/tcp': {} },
      MacAddress: '02:42:ac:11:aa:bc',
      HostConfig: { Links: [`${partner.name}:theirs`], PublishAllPorts: true },
    }),
  },
  {
    title: 'no network at all',
    settings: () => ({ NetworkDisabled: true, HostConfig: {} }),
  },
  {
    title: 'volumes of every kind',
    settings: ({ partner }) => ({
      Volumes: { '/anonymous': {} },
      HostConfig: {
        NetworkMode: 'none',
        VolumesFrom: [`${partner.name}:ro`],
        Binds: ['/etc/hostname:/etc/host-name:ro', '/usr:/host-usr:ro,rprivate'],
        Mounts: [
          {
            Type: 'volume',
            Source: '',
            Target: '/data',
            VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
          },
          { Type: 'tmpfs', Source: '', Target: '/fast', TmpfsOptions: { SizeBytes: MIB, Mode: 0o1777 } },
          {
            Type: 'bind',
            Source: '/etc/hostname',
            Target: '/read-only',
            ReadOnly: true,
            BindOptions: { Propagation: 'rprivate' },
          },
        ],
      },
    }),
  },
  ...modes,
];

import { argvOf, type Container, isAlive, statusOf } from './container.ts';
import { endpointOf } from './networks.ts';

const NEVER = '0001-01-01T00:00:00Z';

const timeOf = (at: number | null) => (at === null ? NEVER : new Date(at).toISOString());

const networksOf = (container: Container) =>
  Object.fromEntries(Object.keys(container.networks).map((name) => [name, endpointOf(container, name)]));

function portsOf(container: Container): Record<string, { HostIp: string; HostPort: string }[]> {
  if (!isAlive(container)) return {};
  return Object.fromEntries(
    Object.entries(container.hostConfig.PortBindings).map(([port, bindings]) => [
      port,
      (bindings ?? []).map(({ HostIp, HostPort }) => ({ HostIp: HostIp || '0.0.0.0', HostPort: HostPort || '' })),
    ]),
  );
}

/** The body of `GET /containers/{id}/json`. */
export function inspectionOf(container: Container): object {
  const { id, state, image } = container;
  const argv = argvOf(container);
  const folder = `/var/lib/docker/containers/${id}`;
  const endpoint = Object.keys(container.networks)[0] === 'bridge' ? endpointOf(container, 'bridge') : {};
  return {
    Id: id,
    Created: timeOf(container.createdAt),
    Path: argv[0] ?? '',
    Args: argv.slice(1),
    State: {
      Status: statusOf(state),
      Running: state.running,
      Paused: false,
      Restarting: state.restarting,
      OOMKilled: false,
      Dead: false,
      Pid: state.pid,
      ExitCode: state.exitCode,
      Error: state.error,
      StartedAt: timeOf(state.startedAt),
      FinishedAt: timeOf(state.finishedAt),
    },
    Image: image.id,
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: `${folder}/${id}-json.log`,
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: null,
    HostConfig: container.hostConfig,
    GraphDriver: { Data: null, Name: 'overlay2' },
    Mounts: container.mounts,
    Config: container.config,
    NetworkSettings: {
      Bridge: '',
      HairpinMode: false,
      LinkLocalIPv6Address: '',
      LinkLocalIPv6PrefixLen: 0,
      ...endpoint,
      Ports: portsOf(container),
      Networks: networksOf(container),
    },
  };
}

/** How long, in Docker's words (go-units HumanDuration). */
export function durationInWords(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  return hours < 24 * 14 ? `${days} days` : `${Math.floor(days / 7)} weeks`;
}

function statusLineOf({ state }: Container, now: number): string {
  const since = (at: number | null) => durationInWords(now - (at ?? now));
  const status = statusOf(state);
  if (status === 'restarting') return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`;
  if (status === 'running') return `Up ${since(state.startedAt)}`;
  return status === 'exited' ? `Exited (${state.exitCode}) ${since(state.finishedAt)} ago` : 'Created';
}

/** One entry of `GET /containers/json`. */
export function listingOf(container: Container, now: number): object {
  const { config, hostConfig, image } = container;
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: config.Image,
    ImageID: image.id,
    Command: argvOf(container).join(' '),
    Created: Math.floor(container.createdAt / 1000),
    Ports: Object.entries(portsOf(container)).flatMap(([port, bindings]) =>
      bindings.map(({ HostIp, HostPort }) => ({
        IP: HostIp,
        PrivatePort: Number.parseInt(port, 10),
        PublicPort: Number(HostPort),
        Type: port.split('/')[1] ?? 'tcp',
      })),
    ),
    Labels: config.Labels,
    State: statusOf(container.state),
    Status: statusLineOf(container, now),
    HostConfig: { NetworkMode: hostConfig.NetworkMode },
    NetworkSettings: { Networks: networksOf(container) },
    Mounts: container.mounts,
  };
}

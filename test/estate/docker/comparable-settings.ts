import type Docker from 'dockerode';

const SHORT_ID = 12;
/** Labels that a swap writes for itself. */
const isOwn = (label: string) => label.startsWith('execfmt.');

/** What must be the same in the container that was replaced and in the one that replaced it, its image's own labels left out. */
export function comparableSettings(container: Docker.ContainerInspectInfo): Record<string, unknown> {
  const { Config, HostConfig, Id } = container;
  const labels = Object.entries(Config.Labels).filter(
    ([label]) => !isOwn(label) && !label.startsWith('org.opencontainers.') && label !== 'com.gitlab.ci.runner',
  );
  return {
    name: container.Name,
    path: container.Path,
    args: container.Args,
    env: [...Config.Env].sort(),
    labels: Object.fromEntries(labels),
    exposed: Config.ExposedPorts ?? {},
    hostname: Config.Hostname === Id.slice(0, SHORT_ID) ? 'by default' : Config.Hostname,
    user: Config.User,
    workingDir: Config.WorkingDir,
    tty: Config.Tty,
    mounts: container.Mounts.map(({ Type, Name, Source, Destination, RW }) => ({
      Type,
      Name,
      Source,
      Destination,
      RW,
    })).sort((a, b) => a.Destination.localeCompare(b.Destination)),
    host: { ...HostConfig, Binds: [...(HostConfig.Binds ?? [])].sort() },
    networks: Object.fromEntries(
      Object.entries(container.NetworkSettings.Networks).map(([name, { IPAMConfig, Aliases, Links }]) => [
        name,
        {
          address: IPAMConfig ?? null,
          links: Links ?? null,
          aliases: (Aliases ?? []).filter((alias: string) => alias !== Id.slice(0, SHORT_ID)).sort(),
        },
      ]),
    ),
  };
}

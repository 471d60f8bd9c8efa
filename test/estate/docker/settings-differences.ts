import type Docker from 'dockerode';

type Document = Record<string, unknown>;

const SHORT_ID = 12;
/** What the new image brings, and what a swap writes for itself. */
const isOfImage = (label: string) =>
  label.startsWith('execfmt.') || label.startsWith('org.opencontainers.') || label === 'com.gitlab.ci.runner';

/**
 * Every field of two containers' settings that differs, as `path: before → after`, whatever the engine shows: nothing is
 * picked out, only what must differ is made equal first (the image, ids, anonymous volumes that now have their name).
 */
export function differences(before: Docker.ContainerInspectInfo, after: Docker.ContainerInspectInfo): string[] {
  return compare('', normal(before), normal(after));
}

function normal(container: Docker.ContainerInspectInfo): Document {
  const { Config, HostConfig, Id, Mounts, NetworkSettings } = container;
  const volumes = new Map(Mounts.map((mount) => [mount.Destination, mount.Name]));
  return {
    args: container.Args,
    path: container.Path,
    Config: {
      ...Config,
      Image: 'the image',
      Env: [...Config.Env].sort(),
      Hostname: Config.Hostname === Id.slice(0, SHORT_ID) ? 'by default' : Config.Hostname,
      Labels: Object.fromEntries(Object.entries(Config.Labels).filter(([label]) => !isOfImage(label))),
    },
    HostConfig: {
      ...HostConfig,
      // An anonymous volume is asked for by its name the second time: where it is mounted is compared below.
      Binds: (HostConfig.Binds ?? []).filter((bind) => bind.startsWith('/')).sort(),
      Mounts: (HostConfig.Mounts ?? []).map((mount) =>
        mount.Type === 'volume' ? { ...mount, Source: volumes.get(mount.Target) } : mount,
      ),
      Links: (HostConfig.Links ?? []).map((link: string) => link.replace(/:\/[^/]+\//, ':/self/')),
    },
    mounts: Mounts.map(({ Type, Name, Source, Destination, RW, Propagation }) => ({
      ...{ Type, Name, Destination, RW, Propagation },
      Source: Type === 'tmpfs' ? '' : Source,
    })).sort((a, b) => a.Destination.localeCompare(b.Destination)),
    networks: Object.fromEntries(
      Object.entries(NetworkSettings.Networks).map(([name, { IPAMConfig, Aliases, Links, ...endpoint }]) => [
        name,
        {
          ...{ IPAMConfig, Links, DriverOpts: (endpoint as Document).DriverOpts },
          // The short id and the hostname are the engine's own additions when it starts a container.
          Aliases: (Aliases ?? []).filter((alias: string) => !Id.startsWith(alias) && alias !== Config.Hostname).sort(),
        },
      ]),
    ),
  };
}

/** Nothing and emptiness are the same: the engine writes both for what was not asked for. */
function compare(path: string, before: unknown, after: unknown): string[] {
  if (isDocument(before) && isDocument(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => compare(path === '' ? key : `${path}.${key}`, before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, at) => compare(`${path}[${at}]`, item, after[at]));
  }
  const [one, other] = [JSON.stringify(emptied(before)), JSON.stringify(emptied(after))];
  return one === other ? [] : [`${path}: ${one} → ${other}`];
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? null : value;
  return isDocument(value) && Object.keys(value).length === 0 ? null : (value ?? null);
}

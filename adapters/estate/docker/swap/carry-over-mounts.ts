import type { ContainerDocument, HostConfigDocument, MountDocument } from '../documents.ts';

/**
 * The host configuration with every volume by its name: an anonymous one would be made anew, and what the service has
 * written would be left behind. What comes from `--volumes-from` comes from there again.
 */
export function carryOverMounts(old: ContainerDocument): HostConfigDocument {
  const host = old.HostConfig ?? {};
  const volumes = new Map((old.Mounts ?? []).flatMap(volumeEntry));
  const requests = (host.Mounts ?? []).map((request) => {
    const name = volumes.get(request.Target ?? '')?.Name;
    return request.Type === 'volume' && !request.Source && name ? { ...request, Source: name } : request;
  });
  const binds = host.Binds ?? [];
  const asked = new Set([...binds.map(destinationOf), ...requests.map((request) => request.Target)]);
  const declared = old.Config?.Volumes ?? {};
  const anonymous = [...volumes.values()].filter((mount) => {
    if (asked.has(mount.Destination)) return false;
    return !host.VolumesFrom?.length || (mount.Destination ?? '') in declared;
  });
  return {
    ...host,
    Binds: [
      ...binds,
      ...anonymous.map(({ Name, Destination, RW }) => `${Name}:${Destination}${RW === false ? ':ro' : ''}`),
    ],
    ...(requests.length > 0 ? { Mounts: requests } : {}),
  };
}

function volumeEntry(mount: MountDocument): [string, MountDocument][] {
  return mount.Type === 'volume' && mount.Name && mount.Destination ? [[mount.Destination, mount]] : [];
}

/** `source:destination[:options]`; on Linux neither part can hold a colon. */
function destinationOf(bind: string): string | undefined {
  return bind.split(':')[1];
}

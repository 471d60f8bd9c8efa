import { ProbeError } from '../../../src/playbook/answer.ts';
import type { MountFacts } from '../../../src/playbook/evidence.ts';
import type { ContainerDocument } from './documents.ts';
import type { Engine } from './engine.ts';

/** The options of a tmpfs or local volume, as `--tmpfs /run:size=1m,exec` and `--opt o=noexec` write them. */
const optionsOf = (text: string): readonly string[] => text.split(',').map((option) => option.trim());

/** Docker mounts every tmpfs with noexec unless it is told otherwise (moby daemon/oci_linux.go, withMounts); the last word counts. */
function isNoexecTmpfs(options: string): boolean {
  const said = optionsOf(options).findLast((option) => option === 'exec' || option === 'noexec');
  return said !== 'exec';
}

/** The mounts of a container. `noexecVolumes` are the names of those local volumes that are mounted with noexec. */
export function mountsOf(document: ContainerDocument, noexecVolumes: ReadonlySet<string>): readonly MountFacts[] {
  const asked = document.HostConfig?.Mounts ?? [];
  const mounts = (document.Mounts ?? []).map((mount): MountFacts => {
    const destination = mount.Destination ?? '';
    const request = asked?.find(({ Target }) => Target === destination);
    const noexec = mount.Type === 'tmpfs' ? isNoexecTmpfs(tmpfsOptions(request)) : noexecVolumes.has(mount.Name ?? '');
    return { kind: mount.Type ?? 'unknown', destination, readOnly: mount.RW === false, noexec };
  });
  const short = Object.entries(document.HostConfig?.Tmpfs ?? {}).map(([destination, options]): MountFacts => {
    const readOnly = optionsOf(options).includes('ro');
    return { kind: 'tmpfs', destination, readOnly, noexec: isNoexecTmpfs(options) };
  });
  return [...mounts, ...short];
}

/** Of `--mount type=tmpfs,…`: options are lists of one or two words (API 1.46 and later). */
function tmpfsOptions(request: Readonly<Record<string, unknown>> | undefined): string {
  const options = request?.TmpfsOptions;
  const listed = typeof options === 'object' && options !== null && 'Options' in options ? options.Options : null;
  return Array.isArray(listed) ? listed.flat().join() : '';
}

interface VolumeDocument {
  readonly Driver?: string;
  readonly Options?: Readonly<Record<string, string>> | null;
}

/** The container's local volumes that are mounted with noexec. A volume that cannot be asked about counts as usual. */
export async function noexecVolumesOf(
  engine: Engine,
  document: ContainerDocument,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const names = (document.Mounts ?? []).flatMap(({ Type, Name }) => (Type === 'volume' && Name ? [Name] : []));
  const noexec = await Promise.all(names.map((name) => isNoexecVolume(engine, name, signal)));
  return new Set(names.filter((_, i) => noexec[i]));
}

async function isNoexecVolume(engine: Engine, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    const path = `/volumes/${encodeURIComponent(name)}`;
    const volume = await engine.json<VolumeDocument>({ method: 'GET', path, accept: [404] }, signal);
    return optionsOf(volume.Options?.o ?? '').includes('noexec');
  } catch (error) {
    if (error instanceof ProbeError) return false;
    throw error;
  }
}

import type { MountFacts } from '../../../src/playbook/evidence.ts';
import type { StartOverrides } from '../../../src/playbook/other-workloads.ts';
import type { ContainerSpec, PodSpec } from './documents.ts';

/** What a pod says of how one of its containers is started. Of the environment only PATH is read. */
export function overridesOf(pod: PodSpec, container: ContainerSpec): StartOverrides {
  const { command, args, workingDir } = container;
  return {
    command: command ?? [],
    args: args ?? [],
    user: userOf(pod, container),
    path: pathOf(container),
    workingDir: workingDir ?? '',
  };
}

function pathOf({ env }: ContainerSpec): string | null {
  return env?.findLast(({ name, value }) => name === 'PATH' && value !== undefined)?.value ?? null;
}

function userOf(pod: PodSpec, { securityContext }: ContainerSpec): string | null {
  const uid = securityContext?.runAsUser ?? pod.securityContext?.runAsUser;
  const gid = securityContext?.runAsGroup ?? pod.securityContext?.runAsGroup;
  if (uid === undefined) return null;
  return gid === undefined ? String(uid) : `${uid}:${gid}`;
}

/** The volumes that hide what the image has below them. */
export function mountsOf(pod: PodSpec, { volumeMounts }: ContainerSpec): MountFacts[] {
  return (volumeMounts ?? []).map(({ name, mountPath, readOnly }) => {
    const volume = pod.volumes?.find((one) => one.name === name);
    const kind = Object.keys(volume ?? {}).find((key) => key !== 'name') ?? 'unknown';
    return { kind, destination: mountPath ?? '', readOnly: readOnly === true, noexec: false };
  });
}

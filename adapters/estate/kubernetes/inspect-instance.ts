import { createHash } from 'node:crypto';
import type { ImageConfig } from '../../../src/image/config.ts';
import { DEFAULT_PATH } from '../../../src/image/default-path.ts';
import type { Answer } from '../../../src/playbook/answer.ts';
import type { InstanceFacts, MountFacts } from '../../../src/playbook/evidence.ts';
import { redactEnvironment } from '../../../src/playbook/redact-environment.ts';
import { imageOf } from './container-image.ts';
import type { ContainerSpec, PodDocument, PodTemplate } from './documents.ts';
import type { FoundWorkload } from './find-workloads.ts';
import { instanceState } from './instance-state.ts';
import { ownerOf } from './ownership.ts';
import type { ClusterPlace, PodAt } from './read-pod.ts';

/**
 * Facts out of a pod, its workload and the configuration of its image: what the pod does not say is the image's. Of the
 * environment only PATH is read.
 */
export function instanceFacts(
  place: ClusterPlace,
  { pod, container }: PodAt,
  workload: FoundWorkload | null,
  config: Answer<ImageConfig>,
): InstanceFacts {
  const { spec } = container;
  const { reference, imageId } = imageOf(container);
  const image = config.kind === 'known' ? config.value : null;
  const own = commandOf(spec, image);
  return {
    place: { ...place, pod: pod.metadata?.name ?? place.pod, node: pod.spec?.nodeName ?? place.node },
    id: identityOf(pod, workload),
    createdAt: pod.metadata?.creationTimestamp ?? '',
    state: instanceState(pod, container, redactionFor(spec)),
    imageReference: reference,
    imageId,
    argv: own ?? [],
    ...(own === null && config.kind === 'probe-failed' && { argvUnknown: config.why }),
    path: pathOf(spec) ?? image?.path ?? DEFAULT_PATH,
    workingDir: spec.workingDir || image?.workingDir || '/',
    user: userOf(pod, spec) ?? image?.user ?? '',
    mounts: mountsOf(pod, spec),
    init: false,
    security: { seccomp: null, apparmor: null, selinux: null },
    restartPolicy: pod.spec?.restartPolicy ?? 'Always',
    managedBy: managedBy(pod, workload),
  };
}

/** Hides the values of a container's environment in a text that it or its runtime wrote. */
export function redactionFor({ env, command, args }: ContainerSpec): (text: string) => string {
  const pairs = (env ?? []).map(({ name, value }) => `${name}=${value ?? ''}`);
  return redactEnvironment(pairs, [...(command ?? []), ...(args ?? [])]);
}

/**
 * What a change is bound to: the workload and the template that it makes pods of. Scaling leaves it as it is. A bare pod
 * stands for itself.
 */
export function identityOf(pod: PodDocument, workload: FoundWorkload | null): string {
  const uid = workload?.document.metadata?.uid;
  if (!workload || !uid) return pod.metadata?.uid ?? '';
  const template = JSON.stringify(templateOf(workload) ?? null);
  return `${uid}@${createHash('sha256').update(template).digest('hex').slice(0, 16)}`;
}

/** The template that a workload makes its pods of. */
export function templateOf({ document }: FoundWorkload): PodTemplate | undefined {
  return document.spec?.jobTemplate?.spec?.template ?? document.spec?.template;
}

/**
 * Command and arguments as they will be executed (Kubernetes, "Define a Command and Arguments for a Container"): a
 * command replaces the image's entrypoint and its cmd, arguments only the cmd. Null when it depends on an image that
 * cannot be read. `$(VAR)` stays as written: values of the environment are not for showing.
 */
function commandOf({ command, args }: ContainerSpec, image: ImageConfig | null): readonly string[] | null {
  if (command && command.length > 0) return [...command, ...(args ?? [])];
  if (image === null) return null;
  return [...image.entrypoint, ...(args && args.length > 0 ? args : image.cmd)];
}

function pathOf({ env }: ContainerSpec): string | null {
  return env?.findLast(({ name, value }) => name === 'PATH' && value !== undefined)?.value ?? null;
}

function userOf(pod: PodDocument, { securityContext }: ContainerSpec): string | null {
  const uid = securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  const gid = securityContext?.runAsGroup ?? pod.spec?.securityContext?.runAsGroup;
  if (uid === undefined) return null;
  return gid === undefined ? String(uid) : `${uid}:${gid}`;
}

function mountsOf(pod: PodDocument, { volumeMounts }: ContainerSpec): MountFacts[] {
  return (volumeMounts ?? []).map(({ name, mountPath, readOnly }) => {
    const volume = pod.spec?.volumes?.find((one) => one.name === name);
    const kind = Object.keys(volume ?? {}).find((key) => key !== 'name') ?? 'unknown';
    return { kind, destination: mountPath ?? '', readOnly: readOnly === true, noexec: false };
  });
}

function managedBy(pod: PodDocument, workload: FoundWorkload | null): string | null {
  const metadata = workload ? workload.document.metadata : pod.metadata;
  return ownerOf(metadata)?.who ?? null;
}

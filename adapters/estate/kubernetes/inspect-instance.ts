import { createHash } from 'node:crypto';
import type { ImageConfig } from '../../../src/image/config.ts';
import { DEFAULT_PATH } from '../../../src/image/default-path.ts';
import type { Answer } from '../../../src/playbook/answer.ts';
import type { InstanceFacts } from '../../../src/playbook/evidence.ts';
import { argvOf, type StartOverrides } from '../../../src/playbook/other-workloads.ts';
import { redactEnvironment } from '../../../src/playbook/redact-environment.ts';
import { imageOf } from './container-image.ts';
import { mountsOf, overridesOf } from './container-start.ts';
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
  const overrides = overridesOf(pod.spec ?? {}, spec);
  const own = commandOf(overrides, image);
  return {
    place: { ...place, pod: pod.metadata?.name ?? place.pod, node: pod.spec?.nodeName ?? place.node },
    id: identityOf(pod, workload),
    createdAt: pod.metadata?.creationTimestamp ?? '',
    state: instanceState(pod, container, redactionFor(spec)),
    imageReference: reference,
    imageId,
    argv: own ?? [],
    ...(own === null && config.kind === 'probe-failed' && { argvUnknown: config.why }),
    path: overrides.path ?? image?.path ?? DEFAULT_PATH,
    workingDir: overrides.workingDir || image?.workingDir || '/',
    user: overrides.user ?? image?.user ?? '',
    mounts: mountsOf(pod.spec ?? {}, spec),
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

/** Null when the command depends on an image that cannot be read. */
function commandOf(overrides: StartOverrides, image: ImageConfig | null): readonly string[] | null {
  if (image !== null) return argvOf(overrides, image);
  return overrides.command.length > 0 ? argvOf(overrides, { entrypoint: [], cmd: [] }) : null;
}

function managedBy(pod: PodDocument, workload: FoundWorkload | null): string | null {
  const metadata = workload ? workload.document.metadata : pod.metadata;
  return ownerOf(metadata)?.who ?? null;
}

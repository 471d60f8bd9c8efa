import type { ImageConfig } from '../image/config.ts';
import { formatPlatform } from '../image/platform.ts';
import type { FileTree } from '../kernel/file-tree.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { type Answer, answerOf } from '../playbook/answer.ts';
import type { HostFacts, InstanceFacts } from '../playbook/evidence.ts';
import { underMounts } from '../playbook/mounted-tree.ts';
import type { ImageSource, OpenedImage } from '../ports/image-source.ts';
import { predictStartOnce } from './predict-start.ts';

/** Whether an image would start in an instance's place. */
export interface Proof {
  /** `linux/amd64`, of the image that would run; null when it could not be read. */
  readonly platform: string | null;
  /** The kernel model's answer; null when the image could not be read. */
  readonly outcome: Outcome | null;
  /** Why it cannot be used; null when it can. */
  readonly unusableBecause: string | null;
}

/** The instance in whose place it would start. */
export interface Standing {
  readonly host: HostFacts;
  readonly instance: InstanceFacts;
  /** The present container's files: what its mounts bring is there whatever the image. */
  readonly container: FileTree;
  /** Of the present image. */
  readonly config: Answer<ImageConfig>;
  readonly signal: AbortSignal;
}

/** Starts an image (`repository@sha256:…`) in the kernel model, with the command that the instance would have with it. */
export async function proveImage(images: ImageSource, image: string, standing: Standing): Promise<Proof> {
  const { host, instance, container, config, signal } = standing;
  const opened = await images.open(image, host.platform, signal);
  if (opened.kind === 'probe-failed') {
    const unusableBecause = `cannot be read from the registry: ${opened.why.message}`;
    return { platform: null, outcome: null, unusableBecause };
  }
  const platform = formatPlatform(opened.value.config.platform);
  const files = underMounts(opened.value.files, container, instance.mounts);
  const outcome = await answerOf(() => predictStartOnce(files, host, startOf(instance, config, opened.value)));
  if (outcome.kind === 'probe-failed')
    return { platform, outcome: null, unusableBecause: `its files cannot be read: ${outcome.why.message}` };
  const runs = outcome.value.outcome === 'runs' && outcome.value.suspicion === null;
  const unusableBecause = runs ? null : `would not start: ${(outcome.value.suspicion ?? outcome.value).because}`;
  return { platform, outcome: outcome.value, unusableBecause };
}

/**
 * What would be started from another image: its own entrypoint, command, user and so on, but where the instance overrides
 * its image's. Without the present image's configuration the instance's settings are taken as overrides.
 */
export function startOf(instance: InstanceFacts, current: Answer<ImageConfig>, { config }: OpenedImage) {
  const argvOf = ({ entrypoint, cmd }: ImageConfig) => [...entrypoint, ...cmd];
  if (current.kind === 'probe-failed') {
    const { argv, path, workingDir, user } = instance;
    return { argv, path, workingDir, user };
  }
  const old = current.value;
  const inherits = JSON.stringify(argvOf(old)) === JSON.stringify(instance.argv);
  return {
    argv: inherits ? argvOf(config) : instance.argv,
    path: instance.path === old.path ? (config.path ?? instance.path) : instance.path,
    workingDir: instance.workingDir === old.workingDir ? config.workingDir : instance.workingDir,
    user: instance.user === old.user ? config.user : instance.user,
  };
}

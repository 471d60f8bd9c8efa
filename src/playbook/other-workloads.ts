import type { ImageConfig } from '../image/config.ts';
import type { MountFacts, NodeGroup } from './evidence.ts';

/** A container of a workload by its names: `docs`, `deployment/pdf-renderer`, `render`. */
export interface WorkloadName {
  readonly namespace: string;
  readonly workload: string;
  readonly container: string;
}

/** What a pod says of how its container is started; what it leaves out is the image's. */
export interface StartOverrides {
  /** Replaces the image's entrypoint and its cmd; empty: it does not. */
  readonly command: readonly string[];
  /** Replaces the image's cmd; empty: it does not. */
  readonly args: readonly string[];
  /** `1000` or `1000:1000`; null: the image's. */
  readonly user: string | null;
  readonly path: string | null;
  /** Empty: the image's. */
  readonly workingDir: string;
}

/**
 * What containers of workloads have in common as to whether they start: the same image, started in the same way, on the
 * same nodes.
 */
export interface OtherStart {
  readonly workloads: readonly WorkloadName[];
  /** As the workloads name it. */
  readonly image: string;
  readonly overrides: StartOverrides;
  readonly mounts: readonly MountFacts[];
  /** The nodes that they may be scheduled to, alike ones together; none when there is no such node. */
  readonly groups: readonly NodeGroup[];
}

/**
 * Command and arguments as they will be executed (Kubernetes, "Define a Command and Arguments for a Container"): a
 * command replaces the image's entrypoint and its cmd, arguments only the cmd. `$(VAR)` stays as written: values of the
 * environment are not for showing.
 */
export function argvOf(
  { command, args }: StartOverrides,
  { entrypoint, cmd }: Pick<ImageConfig, 'entrypoint' | 'cmd'>,
): readonly string[] {
  if (command.length > 0) return [...command, ...args];
  return [...entrypoint, ...(args.length > 0 ? args : cmd)];
}

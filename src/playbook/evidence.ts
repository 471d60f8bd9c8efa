import type { Platform } from '../image/platform.ts';
import type { KernelHost } from '../kernel/host.ts';
import type { ProbeFailure } from './answer.ts';
import type { Place } from './place.ts';

/** What the machine that runs an instance says of itself. */
export interface HostFacts {
  /** The machine name as it was reported, e.g. `x86_64`. */
  readonly machine: string;
  readonly platform: Platform;
  readonly kernelVersion: string;
  readonly operatingSystem: string;
  /** e.g. `Docker 20.10.24`. */
  readonly engine: string;
  /** e.g. `runc`. */
  readonly runtime: string;
  /** What is odd about it, in sentences: labels that contradict the machine, not ready. Absent when nothing is. */
  readonly remarks?: readonly string[];
  /** What the kernel model is given. */
  readonly kernel: KernelHost;
}

/** One earlier state of what instances are made from, as the estate itself keeps it. */
export interface RevisionFacts {
  readonly number: number;
  /** ISO 8601; empty when it is not kept. */
  readonly createdAt: string;
  /** The image of the instance's container, as it was named; null when there was no such container. */
  readonly image: string | null;
  /** Why it was made, where somebody wrote that down. */
  readonly cause: string | null;
}

/** The revisions of a workload, newest first, and who last set the image, where that is recorded. */
export interface RevisionHistory {
  readonly revisions: readonly RevisionFacts[];
  /** `argocd-controller (Apply, 2026-11-20T16:40:00Z)` */
  readonly imageSetBy: string | null;
}

/** The machines that an instance may come to stand on, alike ones together. */
export interface NodePool {
  /** Of all that there are, also those that it may not. */
  readonly total: number;
  readonly groups: readonly NodeGroup[];
}

/** `nodes` names some of the `count`; `host` is one of them. */
export interface NodeGroup {
  readonly host: HostFacts;
  readonly nodes: readonly string[];
  readonly count: number;
}

/** The process of an instance as the engine tells it. Times are ISO 8601, null when it never happened. */
export interface InstanceState {
  /** `running`, `exited`, `restarting`, `created`, `dead`, `paused` … */
  readonly status: string;
  readonly exitCode: number | null;
  /** The engine's own error text (`State.Error`), empty when there is none. */
  readonly error: string;
  readonly oomKilled: boolean;
  readonly restartCount: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** `healthy`, `unhealthy`, `starting`; null without a health check. */
  readonly health: string | null;
}

/** One instance, as it is configured and as it fares. The environment is left out by design: only PATH is read. */
export interface InstanceFacts {
  readonly place: Place;
  /** The engine's own id of the container; changes when it is replaced. */
  readonly id: string;
  readonly createdAt: string;
  readonly state: InstanceState;
  /** The image as the container's configuration names it, and the id of the local image it was made from. */
  readonly imageReference: string;
  readonly imageId: string;
  /** Entrypoint and command together, as they will be executed. */
  readonly argv: readonly string[];
  /** Why `argv` is not known: it stands in an image that cannot be read. Absent when it is known. */
  readonly argvUnknown?: ProbeFailure;
  readonly path: string | null;
  readonly workingDir: string;
  /** As configured: empty, `1000`, `1000:1000`, or a name. */
  readonly user: string;
  readonly mounts: readonly MountFacts[];
  /** Whether an init process of the engine's (tini) starts the command; it tries a shell with what the kernel refuses. */
  readonly init: boolean;
  readonly security: SecurityFacts;
  readonly restartPolicy: string;
  /** `docker compose`, `swarm`, … when something else owns the container and would undo a change. */
  readonly managedBy: string | null;
}

/** A time in which a container of the same name ran. Times are ISO 8601. */
export interface EarlierRun {
  /** As it was named then: a reference, or the id of an image. */
  readonly image: string;
  readonly startedAt: string;
  /** Null while it runs. */
  readonly endedAt: string | null;
  readonly exitCode: number | null;
}

/** Profiles that are set for an instance alone, by name; null where the engine's own default applies or none. */
export interface SecurityFacts {
  readonly seccomp: string | null;
  readonly apparmor: string | null;
  readonly selinux: string | null;
}

export interface MountFacts {
  readonly kind: string;
  readonly destination: string;
  readonly readOnly: boolean;
  /** Whether programs on it may not be executed, as far as the engine tells: a bind mount's own file system stays unknown. */
  readonly noexec: boolean;
}

/** An image in the engine's own store. */
export interface LocalImageFacts {
  readonly id: string;
  readonly tags: readonly string[];
  /** `repository@sha256:…` of what was pulled; empty for images that were built or loaded there. */
  readonly repoDigests: readonly string[];
  readonly platform: Platform;
  readonly createdAt: string | null;
}

/** The last lines an instance wrote, oldest first, already redacted. */
export interface LogTail {
  readonly lines: readonly string[];
  readonly truncated: boolean;
}

/** One value of a series, and when it was read. Null when the page or query has no such series. */
export interface Sample {
  readonly series: string;
  readonly value: number | null;
  readonly at: string;
}

/** A value of the configured impact, named for people. */
export interface ImpactReading extends Sample {
  readonly name: string;
  readonly recovers: 'falling' | 'rising' | null;
  readonly unit: string | null;
}

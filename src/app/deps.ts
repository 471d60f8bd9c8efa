import type { ApprovalPolicy } from '../approval/may-approve.ts';
import type { Platform } from '../image/platform.ts';
import type { BuildHistory } from '../ports/build-history.ts';
import type { Chat } from '../ports/chat.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { Estate } from '../ports/estate.ts';
import type { ImageSource } from '../ports/image-source.ts';
import type { ImageSwapper } from '../ports/image-swap.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsSource } from '../ports/metrics.ts';
import type { Rebuilds } from '../ports/rebuilds.ts';
import type { Workflows } from '../ports/workflows.ts';

/** A service of the configuration, as the use cases need it. */
export interface Service {
  readonly name: string;
  readonly targets: readonly ServiceTarget[];
  /** The repository that it is published in, as configured; null when none is. */
  readonly image: string | null;
  /** What it is meant for; empty when the configuration does not say. */
  readonly platforms: readonly Platform[];
  readonly impact: readonly ImpactSeries[];
  /** Where and how it is built; null when no CI server is configured for it. */
  readonly rebuild: ServiceBuild | null;
  /** Null: nobody is named, so nothing can be changed but where a target names somebody. */
  readonly approvals: ApprovalPolicy | null;
}

/** One place where a service is expected. */
export interface ServiceTarget {
  /** The name of a host or cluster. */
  readonly estate: string;
  /** There the name of a container or workload. */
  readonly name: string;
  /** For this place alone, in place of the service's. */
  readonly approvals?: ApprovalPolicy;
}

/** The pipeline that builds a service's image. */
export interface ServiceBuild {
  /** The name of a CI server. */
  readonly ci: string;
  readonly project: string;
  readonly ref: string | null;
  readonly job: string | null;
  /** The tag or label of the runner that fits. */
  readonly runner: string | null;
}

/** One number that tells what an outage costs. */
export interface ImpactSeries {
  readonly source: string;
  readonly name: string;
  readonly series: string;
  readonly recovers: 'falling' | 'rising' | null;
  readonly unit: string | null;
}

/** How long a new instance must run, and how long it may take, before a rollback counts. Milliseconds. */
export interface Verification {
  readonly stableForMs: number;
  readonly timeoutMs: number;
  /** How long the numbers are followed after the recovery. */
  readonly followForMs: number;
}

/** How a rebuild is followed. Milliseconds. */
export interface BuildTimes {
  readonly lookEveryMs: number;
  /** One that no runner has taken by then is cancelled. */
  readonly waitForRunnerMs: number;
  readonly timeoutMs: number;
}

/** All that the use cases are given; the composition root decides what stands behind each. */
export interface Deps {
  readonly services: ReadonlyMap<string, Service>;
  readonly estates: ReadonlyMap<string, Estate>;
  /** By the estate's name; an estate that may not be changed has none. */
  readonly swappers: ReadonlyMap<string, ImageSwapper>;
  readonly images: ImageSource;
  /** CI servers by name, to start builds on; only those for which somebody may approve. */
  readonly rebuilds: ReadonlyMap<string, Rebuilds>;
  /** CI servers by name, read only. */
  readonly histories: ReadonlyMap<string, BuildHistory>;
  /** Registries that are mirrors, by host, with the host that they mirror. */
  readonly mirrorOf: ReadonlyMap<string, string>;
  readonly metrics: ReadonlyMap<string, MetricsSource>;
  readonly journal: Journal;
  readonly workflows: Workflows;
  readonly chats: readonly Chat[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Removes secrets from a text; every text passes it before it becomes an event or a reply. */
  readonly redact: (text: string) => string;
  readonly verification: Verification;
  readonly builds: BuildTimes;
  /** Without a slash at its end; null when permalinks cannot be made. */
  readonly publicUrl: string | null;
  /** Of this program; transcripts say by which one they were written. */
  readonly version: string;
  /** Puts the practice incident back to its start; null without practice. */
  readonly resetPractice: (() => Promise<void>) | null;
}

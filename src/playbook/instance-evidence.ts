import type { ImageConfig } from '../image/config.ts';
import type { PublishedImage } from '../image/published.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Answer } from './answer.ts';
import type { HostFacts, InstanceFacts, LocalImageFacts, LogTail, RevisionHistory } from './evidence.ts';
import type { Place } from './place.ts';

/** What the kernel model says of an instance's own files, and of the file that is executed first. */
export interface ExecutionEvidence {
  readonly outcome: Outcome;
  /** Where the bytes were read. */
  readonly readFrom: 'container' | 'registry';
}

/** A digest that the service could go back to, and whether it would run there. */
export interface RollbackCandidate {
  /** `repository@sha256:…` */
  readonly image: string;
  readonly digest: string;
  /** A tag that people know it by. */
  readonly knownAs: string | null;
  /** In the host's local store: it was pulled there before. */
  readonly wasHere: boolean;
  /** `linux/amd64`, of the image that would run; null when it could not be read. */
  readonly platform: string | null;
  /** The kernel model's answer for that image on that host; null when it could not be read. */
  readonly outcome: Outcome | null;
  /** Why it cannot be used; null when it can. */
  readonly unusableBecause: string | null;
}

/** What the kernel model says of an instance's image on one kind of node. */
export interface PoolRow {
  /** `linux/amd64` */
  readonly platform: string;
  /** Some of them by name. */
  readonly nodes: readonly string[];
  readonly count: number;
  readonly outcome: Answer<Outcome>;
}

/** The nodes that an instance may be scheduled to, by what they would make of its image. */
export interface PoolEvidence {
  readonly total: number;
  readonly rows: readonly PoolRow[];
}

/** All that was gathered of one instance. A probe that failed is evidence too. */
export interface InstanceEvidence {
  readonly place: Place;
  /** How a person reaches its engine on the command line. */
  readonly cli: string;
  /** When it was looked at. */
  readonly at: Date;
  readonly host: Answer<HostFacts>;
  readonly instance: Answer<InstanceFacts>;
  readonly localImage: Answer<LocalImageFacts>;
  /** What the reference in the instance's configuration points to now. */
  readonly published: Answer<PublishedImage>;
  /** The configuration of the image as it was pulled, read from the registry. */
  readonly imageConfig: Answer<ImageConfig>;
  readonly execution: Answer<ExecutionEvidence>;
  readonly log: Answer<LogTail>;
  readonly candidates: Answer<readonly RollbackCandidate[]>;
  /** Null where the estate keeps no history. */
  readonly history: Answer<RevisionHistory> | null;
  /** Null where nothing schedules instances. */
  readonly pool: Answer<PoolEvidence> | null;
}

/** The digest the local image was pulled by, of the repository that the instance names; null when it was built or loaded there. */
export function pulledDigest(image: LocalImageFacts, repository: string): string | null {
  const pulled = image.repoDigests.find((name) => name.startsWith(`${repository}@`)) ?? image.repoDigests[0];
  return pulled?.split('@')[1] ?? null;
}

/** `registry.corp.io:5000/pdf-renderer` of `registry.corp.io:5000/pdf-renderer:v3@sha256:…`, as it was written. */
export function repositoryOf(reference: string): string {
  const name = reference.split('@')[0] ?? reference;
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}

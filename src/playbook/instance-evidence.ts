import type { ImageConfig } from '../image/config.ts';
import type { Platform } from '../image/platform.ts';
import type { Provenance } from '../image/provenance.ts';
import type { PublishedImage } from '../image/published.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Answer } from './answer.ts';
import type { BuildEvidence } from './build-evidence.ts';
import type { EarlierRun, HostFacts, InstanceFacts, LocalImageFacts, LogTail, RevisionHistory } from './evidence.ts';
import type { Assumption } from './judge/assumptions.ts';
import type { Place } from './place.ts';

/** What the kernel model says of an instance's own files, and of the file that is executed first. */
export interface ExecutionEvidence {
  readonly outcome: Outcome;
  /** Where the bytes were read. */
  readonly readFrom: 'container' | 'registry';
  /** What it says if the host has something that its engine does not tell; empty when the first answer fits what was seen. */
  readonly alternatives: readonly Alternative[];
  /** Of a shell or script that runs: what it executes; null where that is not certain, or of no use. */
  readonly inner: InnerExecution | null;
}

/** What a shell or a script executes once it runs, and what the kernel model says of that. */
export interface InnerExecution {
  readonly by: string;
  readonly outcome: Outcome;
}

export interface Alternative {
  readonly assumption: Assumption['id'];
  readonly words: string;
  readonly outcome: Outcome;
}

/** What an index has for the host, tried. */
export interface OfferedImage {
  /** By the image's own configuration: an index may lie. */
  readonly platform: Platform;
  /** The kernel model's answer for it on that host; null when its files could not be read. */
  readonly outcome: Outcome | null;
}

/** One layer that images for different architectures share, and the file of which was refused. */
export interface SharedFile {
  readonly layer: string;
  /** The other platforms that have it. */
  readonly platforms: readonly string[];
}

/** The image as it was published, against the files that the instance has. */
export interface PristineEvidence {
  /** What the kernel model says of the published image's own files, started in the same way on that host. */
  readonly outcome: Outcome;
  /** Whether the file that is refused is the same in both; null when that could not be told. */
  readonly sameFile: boolean | null;
  /** Whether something in the container itself wrote that file; null when that could not be told. */
  readonly changedInContainer: boolean | null;
  /** The layer of the published image that has that file, counted from 0 at the bottom; absent when nobody can tell. */
  readonly layer?: number;
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
  /** It lies on the host without a tag of its repository: the tag that it was pulled by has been pushed over since. */
  readonly hadTag: boolean;
  /** The last time that it ran here for longer than it takes to fail; null when nobody remembers one. */
  readonly ran: EarlierRun | null;
  /** What its digest names; null when nobody asked. */
  readonly kind: 'index' | 'manifest' | null;
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
  /** Looked at only when the instance's own files are refused: a failed probe otherwise. */
  readonly pristine: Answer<PristineEvidence>;
  readonly log: Answer<LogTail>;
  /** The build that the image came from, as the CI server tells it; null when no CI server is configured for the service. */
  readonly build: Answer<BuildEvidence | null>;
  /** How its builder attests that it was built; null when nobody does. */
  readonly provenance: Answer<Provenance | null>;
  /** What the reference points to in the registry that this one is a mirror of; null when it is none. */
  readonly upstream: Answer<PublishedImage | null>;
  /** The image that the tag has for the host; null when it has none, or is no index. */
  readonly offered: Answer<OfferedImage | null>;
  /** The layer of the refused file, when images of the same tag for other architectures have it too. */
  readonly shared: Answer<SharedFile | null>;
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

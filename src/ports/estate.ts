import type { FileTree } from '../kernel/file-tree.ts';
import type { Answer, ProbeFailure } from '../playbook/answer.ts';
import type {
  EarlierRun,
  HostFacts,
  InstanceFacts,
  LocalImageFacts,
  LogTail,
  NodePool,
  RevisionHistory,
} from '../playbook/evidence.ts';
import type { OtherStart } from '../playbook/other-workloads.ts';
import type { Place } from '../playbook/place.ts';
import type { ImageSource } from './image-source.ts';

/** All workloads of an estate, those together that would start alike. */
export interface OtherWorkloads {
  readonly starts: readonly (OtherStart & {
    /** The registries as their own pull secrets open them. Rejects with ProbeError. */
    readonly images: () => Promise<ImageSource>;
  })[];
  /** Why some kinds of workloads are not among them. */
  readonly unseen: readonly ProbeFailure[];
}

/**
 * One configured Docker host or Kubernetes cluster, read only. Every call ends by its own deadline or when the signal
 * aborts, whichever is first; nothing is created, started or left behind.
 */
export interface Estate {
  /** As named in the configuration. */
  readonly name: string;
  readonly kind: 'docker' | 'kubernetes';
  /** How a person reaches it on the command line: `docker`, `docker -H ssh://ops@render-01`. */
  readonly command: string;
  /** Where `files` reads: in the instance itself, or the image that it was made from, as it is published. */
  readonly filesFrom: 'container' | 'registry';
  /** A practice host: marked wherever it is shown. */
  readonly practice: boolean;

  /** The instances whose container or workload has exactly this name, stopped ones too; empty when there is none. */
  find(name: string, signal: AbortSignal): Promise<Answer<readonly Place[]>>;
  /** All names that `find` would know, for suggestions. At most 1,000. */
  names(signal: AbortSignal): Promise<Answer<readonly string[]>>;
  inspect(place: Place, signal: AbortSignal): Promise<Answer<InstanceFacts>>;
  host(place: Place, signal: AbortSignal): Promise<Answer<HostFacts>>;
  /** The image an instance was made from, by the id in its facts. */
  localImage(place: Place, imageId: string, signal: AbortSignal): Promise<Answer<LocalImageFacts>>;
  /** The images of one repository (`registry.corp.io/pdf-renderer`) in the local store, newest first. */
  localImages(place: Place, repository: string, signal: AbortSignal): Promise<Answer<readonly LocalImageFacts[]>>;
  log(place: Place, lines: number, signal: AbortSignal): Promise<Answer<LogTail>>;
  /** When containers of this name ran, newest first, as far as the estate remembers. Absent where it does not. */
  earlierRuns?(place: Place, signal: AbortSignal): Promise<Answer<readonly EarlierRun[]>>;
  /** The paths that the instance itself has written, changed or removed since it was made from its image; at most 10,000. Absent where nobody can tell. */
  changed?(place: Place, signal: AbortSignal): Promise<Answer<readonly string[]>>;
  /** The machines that the instance may come to stand on. Absent where nothing schedules instances. */
  pool?(place: Place, signal: AbortSignal): Promise<Answer<NodePool>>;
  /** What the instance's workload was before. Absent where the estate keeps no history. */
  history?(place: Place, signal: AbortSignal): Promise<Answer<RevisionHistory>>;
  /** Everything that is scheduled there, whether it runs or not: for what else a mistake hits. Absent where nothing schedules. */
  others?(signal: AbortSignal): Promise<Answer<OtherWorkloads>>;
  /** The registries as the instance's own pull secrets open them. Absent: as they are configured. */
  images?(place: Place, signal: AbortSignal): Promise<Answer<ImageSource>>;
  /** The instance's root file system, from `filesFrom`. Rejects with ProbeError. */
  files(place: Place, signal: AbortSignal): FileTree;
}

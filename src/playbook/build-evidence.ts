import type { Answer } from './answer.ts';
import type { BuildLog } from './build-log.ts';

/** What is known of an image whose build is looked for; the more, the surer the match. Null: not known. */
export interface BuildQuestion {
  /** As the CI server names it: `docs/pdf-renderer`. */
  readonly project: string;
  /** The commit it was built from (`org.opencontainers.image.revision`), all 40 digits. */
  readonly revision: string | null;
  /** The image's tag; builds of releases are often of a git tag with the same name. */
  readonly tag: string | null;
  /** The branch that is usually built. */
  readonly ref: string | null;
  /** What was published: a log that names it is that build's. */
  readonly digest: string | null;
  /** `created` of the image's configuration: its build was running then. */
  readonly builtAt: Date | null;
  /** The job that builds; without it, the one whose log shows a build. */
  readonly job: string | null;
}

/** The machine that a job ran on, as the CI server knows it. */
export interface BuildRunner {
  readonly name: string;
  /** Tags or labels, of the runner where they could be read, else those that the job asked for. */
  readonly labels: readonly string[];
  /** By its GOARCH name; null when the CI server does not know or does not tell us. */
  readonly architecture: string | null;
  /** `linux` */
  readonly os: string | null;
  /** Why the architecture is not known, and what would let us see it; null when it is. */
  readonly unknownBecause: string | null;
}

/** One job. Times are ISO 8601, null when it has not got there. */
export interface BuildJob {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** The CI server's own word. */
  readonly status: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Null while none has taken it. */
  readonly runner: BuildRunner | null;
}

/** How a build was found to be the one of the image, from sure to guessed. */
export type BuildMatch = 'digest' | 'revision' | 'tag' | 'time' | 'latest';

/** The build that an image came from, as the CI server tells it. */
export interface BuildEvidence {
  /** The CI server's name in the configuration. */
  readonly ci: string;
  readonly project: string;
  readonly matchedBy: BuildMatch;
  /** The pipeline or workflow run. */
  readonly run: {
    readonly id: string;
    readonly url: string;
    readonly ref: string;
    readonly revision: string;
    /** What started it, in the CI server's word: `push`, `schedule`, `workflow_dispatch`. */
    readonly event: string;
  };
  readonly job: BuildJob;
  readonly log: Answer<BuildLog>;
}

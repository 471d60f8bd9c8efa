import type { Answer } from '../playbook/answer.ts';
import type { BuildEvidence, BuildQuestion } from '../playbook/build-evidence.ts';

/** One CI server, read only: which build an image came from, and where it ran. */
export interface BuildHistory {
  /** As named in the configuration. */
  readonly name: string;
  /**
   * The build that fits best: its log names the digest, else it is of the revision, of the tag, or ran when the image was
   * made, else it is the latest of the branch. `not-found` when the project has no build that could be it.
   */
  evidence(of: BuildQuestion, signal: AbortSignal): Promise<Answer<BuildEvidence>>;
}

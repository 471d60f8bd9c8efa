import type { Answer } from '../playbook/answer.ts';
import type { Place } from '../playbook/place.ts';

/**
 * One replacement of an instance's image, or, with `nodeSelector`, of the nodes that it may come to stand on. `id` names it in
 * what is left behind between the phases, so that it can be found again.
 */
export interface Swap {
  readonly id: string;
  readonly where: Place;
  /** The precondition: the instance and image that were approved to be replaced. */
  readonly instanceId: string;
  readonly imageId: string;
  /** `repository@sha256:…`. With `nodeSelector` the one that runs now, which stays. */
  readonly image: string;
  /** `linux/amd64`. With `nodeSelector` also of the nodes. */
  readonly platform: string;
  /** Labels that its nodes have to bear from now on, in place of another image. Only where nodes are chosen for an instance. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * The image stays the same, and its copy on the host is damaged in this layer, counted from 0 at the bottom. For `renewal`
   * alone. 0 also when nobody knows which: then the whole image counts as damaged.
   */
  readonly damagedLayer?: number;
  /** What a phase has had remembered. Kept outside of the estate: it is known whatever somebody removes there. */
  readonly before?: SwapBefore;
}

/** How an instance was before a swap touched it. Plain JSON, and nothing of its environment. */
export interface SwapBefore {
  /** Whether it ran, or was meant to: being restarted, or paused. */
  readonly ran: boolean;
  /** As `docker run --restart` takes it: `always`, `on-failure:3`, `no`. */
  readonly restartPolicy: string;
}

/** One journalled phase. It looks before it acts: called again after a crash it finishes what was begun, once. */
export interface SwapPhase {
  readonly id: string;
  /** In the present continuous, for the thread: `pulling the image`. */
  readonly title: string;
  /**
   * How the instance is now, to be journalled before the phase runs and given to it, and to all that follows, as `before`.
   * Null: nobody can tell any more. Absent: this phase needs nothing remembered.
   */
  remember?(swap: Swap, signal: AbortSignal): Promise<Answer<SwapBefore | null>>;
  /** Says what was done, in the past tense. */
  run(swap: Swap, signal: AbortSignal): Promise<Answer<string>>;
}

/** How the new instance fares, read repeatedly during verification. */
export interface SwapObservation {
  readonly running: boolean;
  readonly restartCount: number;
  readonly status: string;
  readonly exitCode: number | null;
  readonly startedAt: string | null;
  readonly health: string | null;
  /** `linux/amd64`, of the image that runs now. */
  readonly platform: string;
  readonly imageId: string;
}

/** Why a swap must not be made from here. */
export interface Objection {
  /** One or two sentences, with what to do instead. */
  readonly why: string;
  /** The change as a text to commit where the instance is kept; null where nobody here knows how. */
  readonly patch: string | null;
}

/** Changes the image of instances on one host or cluster. Kept apart from reading: without approvals it is never built. */
export interface ImageSwapper {
  readonly name: string;
  /** What stands there now; the deed is refused when it is not what was approved. `imageId` is empty where there is no container yet. */
  current(place: Place, signal: AbortSignal): Promise<Answer<{ instanceId: string; imageId: string }>>;
  /**
   * Why a swap must not be made from here (something else owns the instance and would undo it); null when it may. Asked
   * before it is proposed. Absent: never.
   */
  objection?(swap: Swap, signal: AbortSignal): Promise<Answer<Objection | null>>;
  /** The calls that a swap will make, for a person to read before approving. No environment values. */
  calls(swap: Swap): readonly string[];
  /**
   * What a person has to know of this very instance before approving, a sentence each: what would undo the change, what
   * does not come along. Asked before it is proposed. Absent: nothing.
   */
  notes?(swap: Swap, signal: AbortSignal): Promise<Answer<readonly string[]>>;
  /** In order. After the last one the new instance has been started and the old one is still there, set aside. */
  readonly phases: readonly SwapPhase[];
  observe(swap: Swap, signal: AbortSignal): Promise<Answer<SwapObservation>>;
  /** After verification: removes what was set aside. Repeatable. */
  finish(swap: Swap, signal: AbortSignal): Promise<Answer<string>>;
  /** Puts the old instance back as it was, whatever phase was reached; running if it ran. Repeatable. */
  putBack(swap: Swap, signal: AbortSignal): Promise<Answer<string>>;
  /**
   * The same for an image whose copy on the host is damaged: has it fetched anew. Once the old instance had to be removed, its
   * `putBack` keeps the settings, says what to do, and fails. Absent: it is done by hand.
   */
  readonly renewal?: ImageSwapper;
}

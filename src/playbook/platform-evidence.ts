import type { Platform } from '../image/platform.ts';
import type { FileIdentity } from '../kernel/identify-file.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Answer } from './answer.ts';
import type { SharedLayer } from './image-check.ts';
import type { ShellForm } from './shell-form.ts';

/** All that was gathered of one platform of a reference. */
export interface PlatformEvidence {
  /** The one that was asked for, or the one that the image is published as. */
  readonly platform: Platform;
  readonly kind: 'index' | 'manifest';
  /** All that the reference has, for sentences; null for an image that states none. */
  readonly published: readonly (Platform | null)[];
  /** Of the image that a runtime on this platform would take; null when it would find none. */
  readonly digest: string | null;
  /** What the index says of that image; null in a manifest, and where it says nothing. */
  readonly stated: Platform | null;
  /** Null when the reference has no image for the platform. */
  readonly image: Answer<ImageEvidence> | null;
}

/** One image as it was read. */
export interface ImageEvidence {
  /** What its own configuration says that it is for. */
  readonly claimed: Platform;
  /** Entrypoint and command together. */
  readonly argv: readonly string[];
  readonly shell: ShellForm | null;
  /** Null when nothing was executed: another system than Linux, no platform to execute it on, nothing to execute. */
  readonly execution: Answer<Execution> | null;
}

/** What the kernel model says of starting an image on a plain host of the platform. */
export type Execution =
  | { readonly kind: 'unknown-user'; readonly user: string }
  | {
      readonly kind: 'executed';
      readonly outcome: Outcome;
      /** The one program that the shell is told to execute, where that is certain. */
      readonly inner: Outcome | null;
      /** The first ELF file on the way: what really is executed. */
      readonly program: ExecutedProgram | null;
      /** The layer that brought the culprit, where other images for other architectures have it too. */
      readonly sharedLayer: SharedLayer | null;
    };

export interface ExecutedProgram {
  /** As it was named. */
  readonly name: string;
  readonly is: FileIdentity;
}

/** Whether metadata say nothing of a platform: an architecture or system that is missing or literally `unknown`. */
export function isUnstated({ os, architecture }: Platform): boolean {
  return os === 'unknown' || architecture === 'unknown';
}

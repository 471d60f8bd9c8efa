import type { FaultCode } from '../kernel/outcome.ts';
import type { ProbeFailure } from './answer.ts';

/** What `check` found of one reference. The shape is the contract's, and more. */
export interface ImageCheck {
  /** As it was asked for. */
  readonly image: string;
  /** Of the index or manifest; of an image without one (docker save, an engine) the image's id. */
  readonly digest: string | null;
  readonly kind: 'index' | 'manifest' | null;
  /** Null when nothing failed and nothing, or not everything that should be, could be judged. */
  readonly pass: boolean | null;
  readonly platforms: readonly PlatformCheck[];
  /** What does not fail today and breeds an incident. */
  readonly warnings: readonly CheckWarning[];
  /** Why the reference itself could not be read; null when it could. */
  readonly error: ProbeFailure | null;
}

/** What was found of one platform. */
export interface PlatformCheck {
  /** `linux/arm/v7` */
  readonly platform: string;
  /** Whether the reference has an image that is said to be for it. */
  readonly present: boolean;
  /** Of the image that was looked at. */
  readonly digest: string | null;
  /** Null when it could not, or cannot, be judged. */
  readonly pass: boolean | null;
  /** Whether the kernel model was asked; false for other systems than Linux, and where there is nothing to execute. */
  readonly judged: boolean;
  /** `none` when it passes; null when that is not known. */
  readonly fault: FaultCode | null;
  readonly culprit: string | null;
  /** The name of what execve(2) or the runtime answers; null when it does not get so far, or runs. */
  readonly errno: string | null;
  /** What is executed first: the first element of entrypoint and command. */
  readonly entrypoint: string | null;
  readonly because: string;
  /** The layer that brought the culprit, when images for other architectures have the very same one. */
  readonly sharedLayer: SharedLayer | null;
  /** Why it could not be read; null when it could. */
  readonly error: ProbeFailure | null;
}

export interface SharedLayer {
  readonly digest: string;
  /** The other platforms that have it. */
  readonly with: readonly string[];
}

export const WARNINGS = [
  'single-platform-tag',
  'unknown-platform',
  'duplicate-platform',
  'variant-differs',
  'compat-binary',
  'no-entrypoint',
  'shell-form',
  'shared-programs',
  'not-judged',
] as const;
export type WarningCode = (typeof WARNINGS)[number];

/** `platform` is null for what concerns the whole reference. */
export interface CheckWarning {
  readonly code: WarningCode;
  readonly platform: string | null;
  readonly message: string;
}

/** The exit status of the contract: 0 pass, 1 fail, 3 could not check. */
export function checkExitStatus({ pass }: ImageCheck): 0 | 1 | 3 {
  if (pass === null) return 3;
  return pass ? 0 : 1;
}

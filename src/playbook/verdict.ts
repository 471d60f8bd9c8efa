import type { FaultCode } from '../kernel/outcome.ts';
import type { Place } from './place.ts';

export const ORIGINS = [
  'built-on-other-arch',
  'tag-overwritten',
  'single-platform-push',
  'stage-copied-wrong-file',
  'cache-without-arch',
  'platform-forced',
  'stale-local-image',
  'mirror-dropped-platforms',
  'laptop-push',
  'unknown',
] as const;
export type OriginCode = (typeof ORIGINS)[number];

export const REMEDY_KINDS = [
  'rollback-to-digest',
  'rebuild',
  'pull-platform',
  'schedule-to-arch',
  'repull',
  'enable-emulation',
  'fix-file',
  'replace-node',
] as const;
export type RemedyKind = (typeof REMEDY_KINDS)[number];

/** `proved` only when the kernel model reproduces the observed symptom from the actual bytes. */
export type Confidence = 'proved' | 'likely' | 'possible';

export interface Origin {
  readonly kind: OriginCode;
  readonly confidence: Confidence;
  readonly because: string;
}

/** How it came about when nothing tells. */
export const UNKNOWN_ORIGIN: Origin = {
  kind: 'unknown',
  confidence: 'possible',
  because: 'nothing gathered tells how it came about',
};

/** The judgement on one instance, or of the worst one for a run. The shape is the contract's. */
export interface Verdict {
  readonly outcome: 'will-not-run' | 'runs' | 'inconclusive';
  /** Null when it is inconclusive: unknown stays unknown. */
  readonly fault: FaultCode | null;
  readonly culprit: string | null;
  readonly errno: string | null;
  readonly confidence: Confidence;
  readonly origin: Origin;
  /** One sentence that a responder can paste. */
  readonly summary: string;
}

export interface InstanceVerdict {
  readonly where: Place;
  readonly verdict: Verdict;
}

/**
 * A way out, and whether it is one. `digest` and `image` stand only where a digest is offered, and with `nodeSelector`
 * for the image that stays.
 */
export interface Remedy {
  readonly kind: RemedyKind;
  readonly fit: 'fixes' | 'mitigates' | 'useless';
  readonly because: string;
  /** The digest to go to; always one that the kernel model proved to start on that host. Of a `rebuild`: what it published. */
  readonly digest?: string;
  readonly platform?: string;
  /** `repository@sha256:…`, what would be deployed. */
  readonly image?: string;
  /** The name a person knows the digest by: `v2`. */
  readonly knownAs?: string;
  readonly where?: Place;
  /** Of `repull`, when the host's copy of the image is what is damaged: its layer, from 0 at the bottom; 0 also when unknown. */
  readonly damagedLayer?: number;
  /** Of `schedule-to-arch`: the labels that the nodes of its workload have to bear. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

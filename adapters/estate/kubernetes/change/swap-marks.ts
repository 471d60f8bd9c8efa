import type { WorkloadDocument } from '../documents.ts';

/** On the workload itself, not on its template, so that they start no roll-out: the journal of a swap. */
const MARK = 'execfmt.swap';
const PREVIOUS = 'execfmt.previous-image';

/** What a swap that is under way has written down. */
export interface SwapMark {
  readonly swap: string;
  /** The image as the template named it before. */
  readonly previous: string;
}

/** The mark on a workload; null when no swap is under way. */
export function markOn({ metadata }: WorkloadDocument): SwapMark | null {
  const swap = metadata?.annotations?.[MARK];
  const previous = metadata?.annotations?.[PREVIOUS];
  return swap && previous ? { swap, previous } : null;
}

/** The annotations that set or, with null, remove a mark. */
export function markAnnotations(mark: SwapMark | null): Readonly<Record<string, string | null>> {
  return { [MARK]: mark?.swap ?? null, [PREVIOUS]: mark?.previous ?? null };
}

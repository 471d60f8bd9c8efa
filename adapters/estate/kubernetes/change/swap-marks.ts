import type { WorkloadDocument } from '../documents.ts';
import type { TemplateChange } from './template-change.ts';

/** On the workload itself, not on its template, so that they start no roll-out: the journal of a swap. */
const MARK = 'execfmt.swap';
const PREVIOUS_IMAGE = 'execfmt.previous-image';
/** JSON: the keys that were set, with what they were before; null for one that was not there. */
const PREVIOUS_SELECTOR = 'execfmt.previous-node-selector';

/** What a swap that is under way has written down. */
export interface SwapMark {
  readonly swap: string;
  /** Puts the template back as it was before. */
  readonly undo: TemplateChange;
}

/** The mark on a workload; null when no swap is under way. `container` is the one that the swap is about. */
export function markOn({ metadata }: WorkloadDocument, container: string): SwapMark | null {
  const { [MARK]: swap, [PREVIOUS_IMAGE]: image, [PREVIOUS_SELECTOR]: selector } = metadata?.annotations ?? {};
  if (!swap) return null;
  if (image) return { swap, undo: { kind: 'image', container, image } };
  const labels = selector === undefined ? null : readLabels(selector);
  return labels && { swap, undo: { kind: 'node-selector', labels } };
}

/** The annotations that set or, with null, remove a mark. */
export function markAnnotations(mark: SwapMark | null): Readonly<Record<string, string | null>> {
  const undo = mark?.undo;
  return {
    [MARK]: mark?.swap ?? null,
    [PREVIOUS_IMAGE]: undo?.kind === 'image' ? undo.image : null,
    [PREVIOUS_SELECTOR]: undo?.kind === 'node-selector' ? JSON.stringify(undo.labels) : null,
  };
}

/** Null when somebody else has written there. */
function readLabels(text: string): Record<string, string | null> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const entries = Object.entries(value);
    const fit = entries.every(([, one]) => one === null || typeof one === 'string');
    return fit ? Object.fromEntries(entries) : null;
  } catch {
    return null;
  }
}

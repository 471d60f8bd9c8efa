import type { FoundWorkload } from '../find-workloads.ts';
import { templateOf } from '../inspect-instance.ts';
import { markAnnotations, type SwapMark } from './swap-marks.ts';
import { podSpecPatch, type TemplateChange } from './template-change.ts';

/**
 * A strategic merge patch that makes a change, and the mark beside it. With the resourceVersion of what was read it is
 * refused (409) when anything has changed since.
 */
export function swapPatch(workload: FoundWorkload, change: TemplateChange, mark: SwapMark | null): object {
  return {
    metadata: { resourceVersion: workload.document.metadata?.resourceVersion, annotations: markAnnotations(mark) },
    spec: { template: { spec: podSpecPatch(change, templateOf(workload)) } },
  };
}

/** A patch that only removes the mark. */
export function unmarkPatch({ document }: FoundWorkload): object {
  return {
    metadata: { resourceVersion: document.metadata?.resourceVersion, annotations: markAnnotations(null) },
  };
}

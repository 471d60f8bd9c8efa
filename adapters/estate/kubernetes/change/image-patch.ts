import type { FoundWorkload } from '../find-workloads.ts';
import { templateOf } from '../inspect-instance.ts';
import { markAnnotations, type SwapMark } from './swap-marks.ts';

/**
 * A strategic merge patch that sets one container's image, and the mark beside it. With the resourceVersion of what was
 * read it is refused (409) when anything has changed since.
 */
export function imagePatch(workload: FoundWorkload, container: string, image: string, mark: SwapMark | null): object {
  const init = templateOf(workload)?.spec?.initContainers?.some(({ name }) => name === container) === true;
  const list = [{ name: container, image }];
  return {
    metadata: { resourceVersion: workload.document.metadata?.resourceVersion, annotations: markAnnotations(mark) },
    spec: { template: { spec: init ? { initContainers: list } : { containers: list } } },
  };
}

/** A patch that only removes the mark. */
export function unmarkPatch({ document }: FoundWorkload): object {
  return {
    metadata: { resourceVersion: document.metadata?.resourceVersion, annotations: markAnnotations(null) },
  };
}

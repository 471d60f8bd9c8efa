import { asObject } from '../../../src/image/json-values.ts';
import type { RevisionHistory } from '../../../src/playbook/evidence.ts';
import type { Api } from './api.ts';
import type { ManagedFields } from './documents.ts';
import type { FoundWorkload } from './find-workloads.ts';
import { imageIn, readRevisions } from './image-history.ts';

/** The revisions of a workload as one container saw them, and who set its image last (metadata.managedFields). */
export async function readHistory(
  api: Api,
  workload: FoundWorkload,
  container: string,
  signal: AbortSignal,
): Promise<RevisionHistory> {
  const revisions = await readRevisions(api, workload, signal);
  return {
    revisions: revisions.map(({ number, createdAt, cause, template }) => ({
      number,
      createdAt,
      cause,
      image: imageIn(template, container),
    })),
    imageSetBy: imageSetBy(workload.document.metadata?.managedFields ?? [], container),
  };
}

/** The newest manager that owns the image's field, as `manager (operation, time)`. */
function imageSetBy(managers: readonly ManagedFields[], container: string): string | null {
  const owning = managers.filter(({ fieldsV1 }) => ownsImage(fieldsV1, container));
  const last = owning.toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0];
  if (!last) return null;
  return `${last.manager ?? 'somebody'} (${[last.operation, last.time].filter(Boolean).join(', ')})`;
}

/** Where the field stands in a workload (structured-merge-diff's fieldsV1: `f:` a field, `k:` a list item by its key). */
function ownsImage(fieldsV1: unknown, container: string): boolean {
  const inTemplate = ['f:spec', 'f:template', 'f:spec'].reduce<unknown>((at, key) => asObject(at)?.[key], fieldsV1);
  const spec = asObject(inTemplate);
  return ['f:containers', 'f:initContainers'].some((list) => {
    const item = asObject(spec?.[list])?.[`k:${JSON.stringify({ name: container })}`];
    return asObject(item)?.['f:image'] !== undefined;
  });
}

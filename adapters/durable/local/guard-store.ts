import { StoreError } from '../../../src/ports/store-error.ts';
import type { WorkflowStore } from './workflow-store.ts';

/** The same store, whose failures are StoreErrors: what could not be written is done again when it can. */
export function guardStore(store: WorkflowStore, path: string): WorkflowStore {
  const guard =
    <A extends readonly unknown[], T>(work: (...args: A) => T) =>
    (...args: A): T => {
      try {
        return work(...args);
      } catch (error) {
        throw asStoreError(error, path);
      }
    };
  return {
    add: guard(store.add),
    state: guard(store.state),
    takeOver: guard(store.takeOver),
    beat: guard(store.beat),
    isMine: guard(store.isMine),
    remembered: guard(store.remembered),
    remember: guard(store.remember),
    end: guard(store.end),
    release: guard(store.release),
  };
}

/** Node gives all failures of SQLite one code; a defect of ours has another, and stays as it is. */
function asStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR')) return error;
  const message = `The store ${path} cannot be used now: ${error.message}. Look at the disk and its room; it is tried again.`;
  return new StoreError('unavailable', message, { cause: error });
}

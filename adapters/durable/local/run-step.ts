import type { WorkflowContext } from '../../../src/ports/workflows.ts';
import type { StoredWorkflow, WorkflowStore } from './workflow-store.ts';

/** The workflow is another process's now, or this one stops: it goes no further here. */
export class GoesNoFurther extends Error {
  constructor(id: string) {
    super(`Workflow ${id} goes no further in this process`);
    this.name = 'GoesNoFurther';
  }
}

/**
 * What a body works with. A step that is remembered is not run; one that is not runs only while the workflow is ours, and its
 * result comes back as JSON gives it, so that it is the same on the day it is remembered.
 */
export function contextOf(
  workflow: StoredWorkflow,
  resumed: boolean,
  signal: AbortSignal,
  store: WorkflowStore,
): WorkflowContext {
  const underWay = new Set<string>();
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    if (underWay.has(name)) throw new Error(`Workflow ${workflow.id} has two steps named ${name}`);
    const remembered = store.remembered(workflow.id, name);
    if (remembered) return remembered.result as T;
    if (!store.isMine(workflow.id)) throw new GoesNoFurther(workflow.id);
    underWay.add(name);
    try {
      const result = await work();
      if (!store.remember(workflow.id, name, result)) throw new GoesNoFurther(workflow.id);
      return (result === undefined ? undefined : JSON.parse(JSON.stringify(result))) as T;
    } finally {
      underWay.delete(name);
    }
  };
  return { id: workflow.id, resumed, signal, step };
}

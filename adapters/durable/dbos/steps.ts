import type { DBOSClient } from '@dbos-inc/dbos-sdk';
import type { WorkflowContext } from '../../../src/ports/workflows.ts';
import type { Sdk } from './connect.ts';

/** The workflow is another process's now, or this one stops: it goes no further here. */
export class GoesNoFurther extends Error {
  constructor(id: string) {
    super(`Workflow ${id} goes no further in this process`);
    this.name = 'GoesNoFurther';
  }
}

/** Names of entries that are ours, not the body's. */
const BEGUN = '#begun';
const GAP = '#gap';

/** What DBOS remembers of a step: its result as JSON text (null: it had none), or that it failed. */
type Remembered = { readonly json: string | null } | { readonly failed: true };

/**
 * What a body works with. DBOS remembers steps by their number, so a changed body would get another's results; here what is
 * remembered is read over first, number by number, and then found by name, in whatever order the body asks.
 */
export async function openContext(
  sdk: Sdk,
  client: DBOSClient,
  id: string,
  signal: AbortSignal,
): Promise<WorkflowContext> {
  const { remembered, resumed } = await recall(sdk, client, id);
  const underWay = new Set<string>();
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    if (underWay.has(name)) throw new Error(`Workflow ${id} has two steps named ${name}`);
    const known = remembered.get(name);
    if (known) return parse(known.json) as T;
    underWay.add(name);
    try {
      const json = await runStep(sdk, name, work, signal);
      remembered.set(name, { json });
      return parse(json) as T;
    } finally {
      underWay.delete(name);
    }
  };
  return { id, resumed, signal, step };
}

/** Runs a step and remembers its end. One that the stop of the process broke off is not remembered: it runs again. */
async function runStep(
  sdk: Sdk,
  name: string,
  work: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<string | null> {
  const ended = Promise.withResolvers<string | null>();
  const step = sdk.DBOS.runStep(
    async (): Promise<Remembered> => {
      try {
        return { json: JSON.stringify(await work()) ?? null };
      } catch (error) {
        ended.reject(error);
        // DBOS would remember whatever this ends with, so broken off it does not end.
        if (signal.aborted) await new Promise(() => undefined);
        return { failed: true };
      }
    },
    { name },
  );
  step.then((end) => 'json' in end && ended.resolve(end.json), ended.reject);
  return ended.promise;
}

/** Reads over what is remembered, so that DBOS counts on from there. */
async function recall(sdk: Sdk, client: DBOSClient, id: string) {
  const steps = (await client.listWorkflowSteps(id)) ?? [];
  const remembered = new Map<string, { readonly json: string | null }>();
  const last = Math.max(-1, ...steps.map(({ functionID }) => functionID));
  const names = new Map(steps.map(({ functionID, name }) => [functionID, name]));
  if (last < 0) await sdk.DBOS.runStep(async () => null, { name: BEGUN });
  for (let number = 0; number <= last; number++) {
    // Steps that ran side by side may leave a gap: the later one was remembered, the earlier one not.
    const name = names.get(number) ?? GAP;
    const end = await sdk.DBOS.runStep(async (): Promise<Remembered | null> => null, { name });
    if (end && 'json' in end) remembered.set(name, end);
  }
  return { remembered, resumed: last >= 0 };
}

function parse(json: string | null): unknown {
  return json === null ? undefined : JSON.parse(json);
}

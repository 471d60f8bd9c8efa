import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { WorkflowBody, Workflows } from '../../../src/ports/workflows.ts';
import { APPLICATION, type Connection, connect, QUEUE, type Sdk } from './connect.ts';
import { type ExecutorLock, keepExecutorLock } from './executor-lock.ts';
import { mayPass } from './may-pass.ts';
import { type Rows, SCHEMA } from './rows.ts';
import { createRunner } from './runner.ts';
import { watchReplicas } from './watch-replicas.ts';

/** All work is one DBOS workflow that finds its body by name, so that bodies need not be known to DBOS beforehand. */
const WORKFLOW = 'execfmt';

/** Recovery goes by this version; bodies find their steps by name, so every release goes on with what another began. */
const APPLICATION_VERSION = '1';

/** DBOS gives a workflow up after so many recoveries; a rollback is never given up. */
const RECOVERIES = 1_000_000;

const LOCK_MS = 30_000;
/** How long a start waits for a store that is gone. Milliseconds. */
const START_MS = 60_000;
const POLL_MS = 100;
const POLL_AGAIN_MS = 1_000;

/** `url`: postgres://…; `sdk` loads DBOS, of which one process has one executor (tests load it several times). */
export interface DbosWorkflowsOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly sdk?: () => Promise<Sdk>;
}

/** Durable work in PostgreSQL, for any number of replicas. `stop` gives what runs back for the others. */
export function createDbosWorkflows({ url, clock, log, sdk: load }: DbosWorkflowsOptions): Workflows {
  const executor = `${hostname()}/${process.pid}/${randomUUID()}`;
  const stopping = new AbortController();
  const bodies = new Map<string, WorkflowBody>();
  const loaded = once(load ?? (() => import('@dbos-inc/dbos-sdk')));
  const connected = once(async () => connect(await loaded(), url, log));
  const runner = createRunner({ executor, bodies, clock, log, loaded, connected, stopping: stopping.signal });
  let lock: ExecutorLock | null = null;
  let watching: Promise<void> | null = null;
  let launched: Promise<readonly string[]> | null = null;
  let stopped: Promise<void> | null = null;

  const launch = async (): Promise<readonly string[]> => {
    const [sdk, connection] = [await loaded(), await connected()];
    if (sdk.DBOS.isInitialized()) throw new Error('This process has another executor of DBOS already');
    lock = keepExecutorLock(url, executor, log);
    await lock.held(LOCK_MS);
    const left = await connection.rows.left();
    sdk.DBOS.registerWorkflow((name: string, input: string) => runner.run(sdk.DBOS.workflowID ?? '', name, input), {
      name: WORKFLOW,
      maxRecoveryAttempts: RECOVERIES,
    });
    sdk.DBOS.setConfig(configOf(url, executor, connection));
    await sdk.DBOS.launch();
    watching = watchReplicas({ executor, connection, lock, runner, clock, log, signal: stopping.signal });
    return left;
  };

  const stop = async () => {
    stopping.abort(new Error('The process stops'));
    await launched?.catch(() => undefined);
    await runner.stop();
    await watching;
    const connection = await connected.ifAny()?.catch(() => null);
    if (launched) await (await loaded()).DBOS.shutdown();
    if (connection)
      await runner
        .handBackAll(connection)
        .catch((error: unknown) =>
          log.warn({ error: String(error) }, 'what was under way could not be given back; other replicas take it over'),
        );
    await lock?.stop();
    await connection?.end();
  };

  return {
    define: (name, body) => {
      if (bodies.has(name)) throw new Error(`A workflow named ${name} is defined already`);
      bodies.set(name, body);
    },
    start: async (name, id, input, key) => {
      stopping.signal.throwIfAborted();
      if (!bodies.has(name)) throw new Error(`No workflow named ${name} is defined`);
      const deadline = clock.deadline(START_MS, stopping.signal);
      return before(deadline, enqueue(await loaded(), await connected(), name, id, JSON.stringify(input ?? null), key));
    },
    finished: async (id) => {
      const { rows } = await connected();
      for (;;) {
        stopping.signal.throwIfAborted();
        const state = await stateOf(rows, id);
        if (state === null) throw new Error(`There is no workflow ${id}`);
        if (state === 'done' || state === 'failed') return state;
        await clock.sleep(state === 'unfinished' ? POLL_MS : POLL_AGAIN_MS, stopping.signal);
      }
    },
    launch: async () => {
      stopping.signal.throwIfAborted();
      if (launched) {
        await launched;
        return [];
      }
      launched = launch();
      return launched;
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Into the queue; DBOS's table has the id once, and the lock once among what is unfinished. */
async function enqueue(
  sdk: Sdk,
  { client, rows }: Connection,
  name: string,
  id: string,
  input: string,
  lock: string | undefined,
): Promise<'started' | 'exists' | 'locked'> {
  try {
    await client.enqueue(
      {
        workflowName: WORKFLOW,
        queueName: QUEUE,
        workflowID: id,
        appVersion: APPLICATION_VERSION,
        workflowIDReusePolicy: 'reject',
        ...(lock === undefined ? {} : { deduplicationID: lock }),
      },
      name,
      input,
    );
    return 'started';
  } catch (error) {
    if (error instanceof sdk.Error.DBOSWorkflowIDInUseError) return 'exists';
    // Of two starts of one id at once the second may run against its own lock.
    if (error instanceof sdk.Error.DBOSQueueDuplicatedError)
      return (await rows.state(id)) === null ? 'locked' : 'exists';
    throw error;
  }
}

function configOf(url: string, executorID: string, { pool, logger }: Connection) {
  return {
    name: APPLICATION,
    systemDatabaseUrl: url,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: SCHEMA,
    executorID,
    applicationVersion: APPLICATION_VERSION,
    listenQueues: [QUEUE],
    runMigrations: false,
    useListenNotify: false,
    logger,
  };
}

/** How a workflow stands; a store that is gone for a while is asked again. */
async function stateOf(rows: Rows, id: string): Promise<Awaited<ReturnType<Rows['state']>> | 'out of reach'> {
  try {
    return await rows.state(id);
  } catch (error) {
    if (!mayPass(error)) throw error;
    return 'out of reach';
  }
}

/** DBOS repeats a call for as long as the store is gone; we stop waiting for it. */
async function before<T>(deadline: AbortSignal, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const fail = () => late.reject(deadline.reason);
  deadline.addEventListener('abort', fail, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    deadline.removeEventListener('abort', fail);
  }
}

/** Work that is done at most once, when it is first needed; what failed is tried anew at the next need. */
function once<T>(work: () => Promise<T>): (() => Promise<T>) & { ifAny(): Promise<T> | null } {
  let begun: Promise<T> | null = null;
  const get = () => {
    begun ??= work().catch((error: unknown) => {
      begun = null;
      throw error;
    });
    return begun;
  };
  return Object.assign(get, { ifAny: () => begun });
}

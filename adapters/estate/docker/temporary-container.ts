import { randomBytes } from 'node:crypto';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Engine } from './engine.ts';

/** What a container carries that is there only to be read, and may be removed by whoever finds it left over. */
export const TEMPORARY_LABEL = 'execfmt.temporary';

/** The names begin alike, so that a person who sees one knows whose it is. */
const NAME = 'execfmt-temporary-';
/** Longer than any reading takes: an older one was left over by a process that was killed. */
const LEFT_OVER_AFTER_MS = 30 * 60_000;
const REMOVAL_MS = 30_000;

/** Of /info. */
interface ClockDocument {
  /** ISO 8601, by the engine's clock. */
  readonly SystemTime?: string;
}

interface Listed {
  readonly Id: string;
  /** Seconds since 1970, by the engine's clock. */
  readonly Created?: number;
}

/**
 * Creates a container of an image to read its files: without network, without a command of its own, never started. Gives
 * its name. What is under way is not cut off, but for the deadline: the engine would create it all the same, unseen.
 * Rejects with ProbeError.
 */
export async function createTemporary(engine: Engine, image: string): Promise<string> {
  const name = `${NAME}${randomBytes(8).toString('hex')}`;
  const body = {
    Image: image,
    // An engine refuses an image that has nothing to execute; what stands here is never executed.
    Entrypoint: ['/never-started'],
    Cmd: [],
    Labels: { [TEMPORARY_LABEL]: 'true' },
    NetworkDisabled: true,
    HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'no' } },
  };
  const { signal, end } = engine.clock.lifetime();
  try {
    await engine.status({ method: 'POST', path: '/containers/create', query: { name }, body }, signal);
    return name;
  } catch (error) {
    // Not answered in time, or not understood: it may be there all the same.
    await removeTemporary(engine, name).catch(() => undefined);
    throw error;
  } finally {
    end();
  }
}

/** Removes one, with the volumes that came with it; nothing when it is gone. Not subject to the signal of the reading. Rejects with ProbeError. */
export async function removeTemporary(engine: Engine, container: string): Promise<void> {
  const { signal, end } = engine.clock.lifetime();
  try {
    const path = `/containers/${container}`;
    const query = { v: '1', force: '1' };
    await engine.status({ method: 'DELETE', path, query, accept: [404, 409], deadlineMs: REMOVAL_MS }, signal);
  } finally {
    end();
  }
}

/**
 * Removes those that a killed process left over: with the label, never started, and older than any reading takes by the
 * engine's own clock. What cannot be removed is left for the next time. Rejects with ProbeError when it cannot be asked.
 */
export async function sweepTemporary(
  engine: Engine,
  signal: AbortSignal,
  leftOverAfterMs = LEFT_OVER_AFTER_MS,
): Promise<void> {
  const filters = JSON.stringify({ label: [`${TEMPORARY_LABEL}=true`], status: ['created'] });
  const query = { all: '1', filters };
  const listed = await engine.json<readonly Listed[]>({ method: 'GET', path: '/containers/json', query }, signal);
  if (listed.length === 0) return;
  const { SystemTime } = await engine.json<ClockDocument>({ method: 'GET', path: '/info' }, signal);
  const now = Date.parse(SystemTime ?? '');
  // Without the engine's time nothing is known to be old.
  const old = listed.filter(({ Created }) => Created !== undefined && now - Created * 1000 > leftOverAfterMs);
  for (const { Id } of old) {
    await removeTemporary(engine, Id).catch((error: unknown) => {
      if (!(error instanceof ProbeError)) throw error;
    });
  }
}

import { type Answer, failed } from '../../playbook/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Connection, Reached } from '../../ports/connection.ts';

/** A connection, and what became of trying it. */
export interface Tried {
  readonly connection: Connection;
  readonly answer: Answer<Reached>;
  readonly elapsedMs: number;
}

/**
 * Tries one connection; it has `ms` milliseconds, whatever it does, and less when `parent` aborts. Never rejects: a defect is told as a
 * failure.
 */
export async function tryConnection(
  connection: Connection,
  clock: Clock,
  ms: number,
  parent?: AbortSignal,
): Promise<Tried> {
  const started = clock.monotonic();
  const deadline = clock.deadline(ms, parent);
  const late = new Promise<Answer<Reached>>((done) => {
    const message = `It did not answer within ${ms / 1000} s. See whether it is up.`;
    const give = () => done(failed('timeout', connection.name, message));
    if (deadline.aborted) give();
    deadline.addEventListener('abort', give, { once: true });
  });
  const asked = connection.try(deadline).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    return failed('invalid', connection.name, `It could not be tried: ${why}`);
  });
  const answer = await Promise.race([asked, late]);
  return { connection, answer, elapsedMs: Math.round(clock.monotonic() - started) };
}

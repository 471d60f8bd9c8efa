import { type Answer, failed } from '../../playbook/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Connection, Reached } from '../../ports/connection.ts';

/** A connection, and what became of trying it. */
export interface Tried {
  readonly connection: Connection;
  readonly answer: Answer<Reached>;
  readonly elapsedMs: number;
}

/** Tries one connection; it has `ms` milliseconds, whatever it does. Never rejects: a defect is told as a failure. */
export async function tryConnection(connection: Connection, clock: Clock, ms: number): Promise<Tried> {
  const started = clock.monotonic();
  const life = clock.lifetime();
  const late = clock.sleep(ms, life.signal).then(
    () => failed('timeout', connection.name, `It did not answer within ${ms / 1000} s. See whether it is up.`),
    () => failed('timeout', connection.name, 'It was not waited for.'),
  );
  const asked = connection.try(clock.deadline(ms)).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    return failed('invalid', connection.name, `It could not be tried: ${why}`);
  });
  const answer = await Promise.race([asked, late]);
  life.end();
  return { connection, answer, elapsedMs: Math.round(clock.monotonic() - started) };
}

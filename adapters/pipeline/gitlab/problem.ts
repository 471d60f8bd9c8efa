import { ProbeError, type ProbeFailureCode } from '../../../src/playbook/answer.ts';

/** What this adapter throws inside itself; the port turns it into an answer. `target` is the CI server's name. */
export function problem(code: ProbeFailureCode, target: string, message: string, cause?: unknown): ProbeError {
  return new ProbeError({ code, target, message }, cause === undefined ? undefined : { cause });
}

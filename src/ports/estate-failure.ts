import { type ProbeError, type ProbeFailureCode, problem } from '../playbook/answer.ts';

/** The ProbeError of an estate. Its message is put together with other sentences, so it ends as one. */
export function estateFailure(target: string, code: ProbeFailureCode, message: string, cause?: unknown): ProbeError {
  const sentence = /[.?!]$/.test(message.trim()) ? message.trim() : `${message.trim()}.`;
  return problem(code, target, sentence, cause);
}

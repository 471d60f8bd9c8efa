import { ProbeError, type ProbeFailureCode } from '../../../src/playbook/answer.ts';

/** The ProbeError of this adapter. Its message is put together with other sentences, so it ends as one. */
export function clusterFailure(target: string, code: ProbeFailureCode, message: string, cause?: unknown): ProbeError {
  const sentence = /[.?!]$/.test(message.trim()) ? message.trim() : `${message.trim()}.`;
  return new ProbeError({ code, target, message: sentence }, cause === undefined ? undefined : { cause });
}

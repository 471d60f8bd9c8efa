import { ProbeError } from '../../../../src/playbook/answer.ts';
import { redactEnvironment } from '../../../../src/playbook/redact-environment.ts';
import type { ContainerDocument } from '../documents.ts';
import { commandOf } from '../inspect-instance.ts';

/** Runs a call in whose refusal the engine or its runtime may quote the container's settings, and hides their values. */
export async function withoutValues<T>(container: ContainerDocument, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const redact = redactEnvironment(container.Config?.Env, commandOf(container));
    throw new ProbeError({ ...error.why, message: redact(error.why.message) });
  }
}

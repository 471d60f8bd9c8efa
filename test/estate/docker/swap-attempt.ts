import type Docker from 'dockerode';
import { expect } from 'vitest';
import type { Answer } from '../../../src/playbook/answer.ts';
import type { ImageSwapper, Swap } from '../../../src/ports/image-swap.ts';
import { knownValue } from '../../contracts/estate-contract.ts';

const signal = new AbortController().signal;

/** What an attempt came to: the first phase that failed with what it said, and what putting back said. */
export interface Attempt {
  readonly failedIn: string | null;
  readonly said: string;
  readonly putBack: Answer<string> | null;
}

/**
 * Does what an action does with a swap: its phases in order, and what runs before is put back as soon as one fails.
 * `between` is done before the phase of that name.
 */
export async function attempt(
  swapper: ImageSwapper,
  swap: Swap,
  between: Readonly<Record<string, () => Promise<unknown>>> = {},
): Promise<Attempt> {
  for (const phase of swapper.phases) {
    await between[phase.id]?.();
    const answer = await phase.run(swap, signal);
    if (answer.kind === 'known') continue;
    await between['put-back']?.();
    return { failedIn: phase.id, said: answer.why.message, putBack: await swapper.putBack(swap, signal) };
  }
  return { failedIn: null, said: '', putBack: null };
}

/** The old container stands under its name, running if it ran, with its restart policy, and nothing is left beside it. */
export async function expectAsBefore(docker: Docker, old: Docker.ContainerInspectInfo): Promise<void> {
  const now = await docker.getContainer(old.Name.slice(1)).inspect();
  const ran = old.State.Running || old.State.Restarting;
  expect({
    id: now.Id,
    runs: now.State.Running || now.State.Restarting,
    policy: now.HostConfig.RestartPolicy,
  }).toEqual({ id: old.Id, runs: ran, policy: old.HostConfig.RestartPolicy });
  const all = await docker.listContainers({ all: true });
  expect(all.filter(({ Names }) => Names[0]?.startsWith(old.Name)).map(({ Id }) => Id)).toEqual([old.Id]);
}

/** The sentence of an attempt whose old container is back. */
export function backSentence({ putBack }: Attempt): string {
  if (putBack === null) throw new Error('nothing failed, so nothing was put back');
  return knownValue(putBack);
}

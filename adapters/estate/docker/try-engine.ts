import type Docker from 'dockerode';
import { architectureOf } from '../../../src/image/platform.ts';
import { type Answer, answerOf } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import type { VersionDocument } from './documents.ts';
import { createEngine } from './engine.ts';

/** What is needed to try one engine. */
export interface EngineAddress {
  readonly name: string;
  readonly client: Docker;
  readonly clock: Clock;
  readonly deadlineMs: number;
}

/** Whether an engine answers, and which one. */
export function tryEngine(address: EngineAddress, signal: AbortSignal): Promise<Answer<Reached>> {
  return answerOf(async () => {
    const version = await createEngine(address).json<VersionDocument>({ method: 'GET', path: '/version' }, signal);
    const { architecture } = architectureOf(version.Arch ?? '');
    const platform = version.Os && architecture ? `, ${version.Os}/${architecture}` : '';
    return { detail: `engine ${version.Version ?? 'of an unknown version'}${platform}`, lacks: [] };
  });
}

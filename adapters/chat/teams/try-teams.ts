import { type Answer, failed, known } from '../../../src/playbook/answer.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import { untilAborted } from '../../../src/ports/until-aborted.ts';
import { createSignIn, type SignInOptions } from './sign-in.ts';
import { readFailure, toChatError } from './teams-error.ts';

/** Whether Entra gives the bot a token. Nothing is posted. */
export async function tryTeams(options: SignInOptions, signal: AbortSignal): Promise<Answer<Reached>> {
  try {
    await untilAborted(createSignIn(options).token(), signal);
    return known({ detail: 'Entra gives the bot a token', lacks: [] });
  } catch (error) {
    if (signal.aborted) return failed('timeout', 'Teams', 'Entra did not answer in time. See status.cloud.microsoft.');
    const failure = readFailure(error);
    if (failure === null) throw error;
    const code = failure.code === 'unavailable' ? 'unreachable' : 'denied';
    return failed(code, 'Teams', toChatError('signing in', failure, error).message);
  }
}

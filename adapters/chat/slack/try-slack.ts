import { WebClient } from '@slack/web-api';
import { type Answer, failed, known } from '../../../src/playbook/answer.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import { untilAborted } from '../../../src/ports/until-aborted.ts';
import { readFailure, toChatError } from './slack-error.ts';
import { createWebOptions } from './web-options.ts';

/** The scopes of deploy/slack/manifest.yaml, and what is missing without each. */
const SCOPES: Readonly<Record<string, string>> = {
  'app_mentions:read': 'mentions are not heard',
  'channels:history':
    'transcripts lack the messages of public channels, and a message may be posted twice after a crash',
  'chat:write': 'nothing can be posted',
  commands: '/execfmt is not there',
  'groups:history':
    'transcripts lack the messages of private channels, and a message may be posted twice after a crash',
  'usergroups:read': 'approvers by slack-group are nobody',
  'users:read': 'transcripts have ids in the place of names',
};

/** Whether Slack takes the tokens, and which scopes are missing. Nothing is posted, and no connection is opened. */
export async function trySlack(
  { botToken, appToken, apiUrl }: { botToken: string; appToken: string | null; apiUrl: string | null },
  signal: AbortSignal,
): Promise<Answer<Reached>> {
  try {
    const client = new WebClient(botToken, createWebOptions(apiUrl));
    const answer = await untilAborted(client.auth.test(), signal);
    if (appToken !== null) {
      const socket = new WebClient(appToken, createWebOptions(apiUrl));
      // Only the address of a connection is asked for; it is forgotten after some seconds.
      await untilAborted(socket.apps.connections.open(), signal);
    }
    const given = answer.response_metadata?.scopes;
    const missing = given ? Object.entries(SCOPES).filter(([scope]) => !given.includes(scope)) : [];
    return known({
      detail: `${answer.user ?? 'the bot'} in ${answer.team ?? answer.team_id ?? 'a workspace'}, ${appToken === null ? 'HTTP' : 'Socket Mode'}`,
      lacks: missing.map(([scope, without]) => `scope ${scope}: ${without}`),
    });
  } catch (error) {
    if (signal.aborted) return failed('timeout', 'Slack', 'Slack did not answer in time. See status.slack.com.');
    const failure = readFailure(error);
    if (failure === null) throw error;
    const code = failure.code === 'unavailable' ? 'unreachable' : 'denied';
    return failed(code, 'Slack', toChatError('checking the tokens', failure, error).message);
  }
}

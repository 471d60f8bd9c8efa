import { UsageError } from './exit-status.ts';

export interface SlackSecrets {
  readonly botToken: string;
  /** Socket Mode when present. */
  readonly appToken: string | null;
  readonly signingSecret: string | null;
  readonly apiUrl: string | null;
}

/** Slack's secrets out of the environment (the contract's names); null when Slack is not configured at all. */
export function slackSecrets(env: NodeJS.ProcessEnv = process.env): SlackSecrets | null {
  const botToken = env.SLACK_BOT_TOKEN;
  const appToken = env.SLACK_APP_TOKEN || null;
  const signingSecret = env.SLACK_SIGNING_SECRET || null;
  if (!botToken) {
    if (appToken || signingSecret) throw new UsageError('Slack is configured by half: SLACK_BOT_TOKEN is missing.');
    return null;
  }
  if (!appToken && !signingSecret) {
    throw new UsageError(
      'Slack is configured by half: SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing.',
    );
  }
  return { botToken, appToken, signingSecret, apiUrl: env.SLACK_API_URL || null };
}

import { afterEach } from 'vitest';
import { deployIncident, type Incident } from '../lab/incident.ts';
import { waitFor } from '../lab/waiting.ts';
import { type SlackServer, startSlack } from '../servers/slack/start-slack.ts';
import type { SlackMessage } from '../servers/slack/world.ts';
import type { RealEngine } from './real-engine.ts';
import { type Serving, startServe } from './run-execfmt.ts';

/** Who asks, and who may approve. Both are in the stand-in's channel. */
export const RESPONDER = 'U0ANNA';
export const APPROVER = 'U0BEN';

/** The incident on the real engine, a Slack, and an `execfmt serve` between them. */
export interface SlackStage {
  readonly incident: Incident;
  readonly slack: SlackServer;
  readonly serving: Serving;
}

export interface SlackStageOptions {
  readonly mode: 'socket' | 'http';
  /** Without any it is diagnosis only. */
  readonly approvers?: readonly string[];
  readonly stableFor?: string;
  readonly store?: string;
}

/** Gives the function that starts a stage; each stage is taken down after its test. */
export function useSlackStage(real: RealEngine): (options: SlackStageOptions) => Promise<SlackStage> {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return async ({ mode, approvers, stableFor, store }) => {
    const incident = await deployIncident(real.engine, real.registry, approvers ? { approvers } : {});
    ends.push(() => incident.stop());
    const slack = await startSlack();
    ends.push(() => slack.close());
    const socket = mode === 'socket';
    const secret = socket ? { SLACK_APP_TOKEN: slack.appToken } : { SLACK_SIGNING_SECRET: slack.signingSecret };
    const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_API_URL: slack.apiUrl, ...secret };
    const set = { ...(stableFor && { stableFor }), ...(store && { store }) };
    const serving = await startServe({ configuration: incident.configuration, env, ...set });
    ends.push(() => serving.remove());
    if (!socket) slack.deliverTo(`${serving.url}/slack/events`);
    return { incident, slack, serving };
  };
}

/** A message's blocks as one text. */
export const textOf = (message: SlackMessage | undefined) => JSON.stringify(message?.blocks ?? []);

export const parentOf = (slack: SlackServer) =>
  waitFor('the parent message', 10_000, async () => slack.messages()[0] ?? null);

/** Waits for a reply that contains a text. */
export const replyWith = (slack: SlackServer, parent: SlackMessage, part: string) =>
  waitFor(
    `a reply with ${part}`,
    60_000,
    async () => slack.thread(parent.ts).find((message) => textOf(message).includes(part)) ?? null,
  );

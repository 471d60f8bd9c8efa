import type { App, BlockButtonAction } from '@slack/bolt';
import type { Self } from './find-posted.ts';
import { readPress } from './press-value.ts';
import { readCommandText, readMentionText } from './read-command-text.ts';
import { ACTION_ID } from './render-buttons.ts';
import type { Delivery } from './take-intent.ts';
import { type TellContext, tellByResponse, tellInChannel } from './tell-privately.ts';

/** What listening needs. */
interface ListenContext extends TellContext {
  /** Of the bot; known when deliveries come. */
  self(): Self;
  /** Never rejects but for defects; goes on after the acknowledgement. */
  take(delivery: Delivery): Promise<void>;
}

/** `team/channel`; in an organisation-wide installation the team may be missing, and the organisation stands for it (S27). */
const place = (channel: string, ...owners: readonly (string | null | undefined)[]) =>
  `${owners.find((owner) => owner) ?? 'T0'}/${channel}`;

const person = (id: string, name: string | undefined) => ({ id: `slack:${id}`, name: name ?? id });

function listenForCommands(app: App, context: ListenContext): void {
  app.command('/execfmt', async ({ ack, command, respond }) => {
    await ack();
    const { channel_id: channel, user_id: user } = command;
    await context.take({
      id: command.trigger_id,
      by: person(user, command.user_name),
      conversation: place(channel, command.team_id, command.enterprise_id),
      what: { kind: 'command', text: readCommandText(command.text) },
      tell: (message) => tellByResponse(context, respond, { channel, user, thread: null }, message),
    });
  });
}

function listenForMentions(app: App, context: ListenContext): void {
  // Bolt has acknowledged events before it calls this.
  app.event('app_mention', async ({ event, body }) => {
    const { user, channel } = event;
    // Bots that mention each other would never end.
    if (user === undefined || event.bot_id !== undefined) return;
    await context.take({
      id: body.event_id,
      by: person(user, event.username),
      conversation: place(channel, body.team_id, body.enterprise_id),
      what: { kind: 'command', text: readMentionText(event.text, context.self().userId) },
      tell: (message) => tellInChannel(context, { channel, user, thread: event.thread_ts ?? null }, message),
    });
  });
}

/** The thread that a pressed button stands in, or is the parent of. */
function threadOf(body: BlockButtonAction): string | null {
  const within: unknown = body.message?.thread_ts ?? body.container.thread_ts;
  return typeof within === 'string' ? within : (body.message?.ts ?? null);
}

function listenForPresses(app: App, context: ListenContext): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: ACTION_ID },
    async ({ ack, action, body, respond }) => {
      await ack();
      const channel = body.channel?.id;
      if (channel === undefined) return;
      const press = readPress(action.value);
      const user = body.user.id;
      // What only this person sees cannot be replied to in a thread, and may stand where the bot is not a member.
      const alone = body.container.is_ephemeral === true;
      const ear = { channel, user, thread: alone ? null : threadOf(body) };
      await context.take({
        id: body.trigger_id,
        by: person(user, body.user.name),
        conversation: place(channel, body.team?.id, body.user.team_id, body.enterprise?.id),
        what: press === null ? null : { kind: 'press', press },
        tell: (message) =>
          alone ? tellByResponse(context, respond, ear, message) : tellInChannel(context, ear, message),
      });
    },
  );
}

/** Registers what Bolt calls: each delivery is acknowledged first (3 s, S1), made neutral, and then taken. */
export function listen(app: App, context: ListenContext): void {
  listenForCommands(app, context);
  listenForMentions(app, context);
  listenForPresses(app, context);
}

import type { App, BlockButtonAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { ChatError } from '../../../src/ports/chat.ts';
import { type Acknowledge, acknowledgeInTime } from './acknowledge.ts';
import { MODAL, readSubmission, renderModal } from './ask-modal.ts';
import type { Self } from './find-posted.ts';
import { readAsk, readPress } from './press-value.ts';
import { readCommandText, readMentionText } from './read-command-text.ts';
import type { RecentAnswers } from './recent-answers.ts';
import { ACTION_ID } from './render-buttons.ts';
import { readFailure } from './slack-error.ts';
import type { Delivery, PrivateMessage } from './take-intent.ts';
import { type TellContext, takeAway, tellAnyway, tellByResponse, tellInChannel } from './tell-privately.ts';

/** What listening needs. */
interface ListenContext extends TellContext {
  /** Of the bot; known when deliveries come. */
  self(): Self;
  readonly answers: RecentAnswers;
  /** The acknowledgement of an event, by its body. */
  held(body: object): Acknowledge | null;
  /** Never rejects but for defects; acknowledges when it is kept, and goes on after that. */
  take(delivery: Delivery): Promise<void>;
}

/** `team/channel`; in an organisation-wide installation the team may be missing, and the organisation stands for it (S27). */
const place = (channel: string, ...owners: readonly (string | null | undefined)[]) =>
  `${owners.find((owner) => owner) ?? 'T0'}/${channel}`;

const person = (id: string, name: string | undefined) => ({ id: `slack:${id}`, name: name ?? id });

function listenForCommands(app: App, context: ListenContext): void {
  app.command('/execfmt', async ({ ack, command, respond }) => {
    const acknowledge = acknowledgeInTime(ack, context);
    const { channel_id: channel, user_id: user } = command;
    const conversation = place(channel, command.team_id, command.enterprise_id);
    context.answers.keep(`slack:${user}`, conversation, { respond, thread: null });
    await context.take({
      id: command.trigger_id,
      by: person(user, command.user_name),
      conversation,
      what: { kind: 'command', text: readCommandText(command.text) },
      acknowledge,
      tell: (message) => tellByResponse(context, respond, { channel, user, thread: null }, message),
    });
  });
}

function listenForMentions(app: App, context: ListenContext): void {
  app.event('app_mention', async ({ event, body }) => {
    const { user, channel } = event;
    // Bots that mention each other would never end.
    if (user === undefined || event.bot_id !== undefined) return;
    const conversation = place(channel, body.team_id, body.enterprise_id);
    context.answers.keep(`slack:${user}`, conversation, { respond: null, thread: event.thread_ts ?? null });
    await context.take({
      id: body.event_id,
      by: person(user, event.username),
      conversation,
      what: { kind: 'command', text: readMentionText(event.text, context.self().userId) },
      acknowledge: context.held(body) ?? (async () => {}),
      tell: (message) => tellInChannel(context, { channel, user, thread: event.thread_ts ?? null }, message),
    });
  });
}

/** The thread that a pressed button stands in, or is the parent of. */
function threadOf(body: BlockButtonAction): string | null {
  const within: unknown = body.message?.thread_ts ?? body.container.thread_ts;
  return typeof within === 'string' ? within : (body.message?.ts ?? null);
}

const NOT_OPENED = { text: 'Slack did not open the question for you in time. Nothing was done; please press again.' };

function listenForPresses(app: App, context: ListenContext): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: ACTION_ID },
    async ({ ack, action, body, respond }) => {
      const acknowledge = acknowledgeInTime(ack, context);
      const channel = body.channel?.id;
      if (channel === undefined) return acknowledge();
      const press = readPress(action.value);
      const ask = readAsk(action.value);
      const user = body.user.id;
      // What only this person sees cannot be replied to in a thread, and may stand where the bot is not a member.
      const alone = body.container.is_ephemeral === true;
      const ear = { channel, user, thread: alone ? null : threadOf(body) };
      const conversation = place(channel, body.team?.id, body.user.team_id, body.enterprise?.id);
      const tell = (message: PrivateMessage) =>
        alone ? tellByResponse(context, respond, ear, message) : tellInChannel(context, ear, message);
      context.answers.keep(`slack:${user}`, conversation, { respond, thread: ear.thread });
      if (press !== null && ask !== null) {
        await acknowledge();
        const view = renderModal(press, ask, { conversation, channel, thread: ear.thread });
        if (!(await openModal(context, body.trigger_id, view))) await tell(NOT_OPENED);
        return;
      }
      await context.take({
        id: body.trigger_id,
        by: person(user, body.user.name),
        conversation,
        what: press === null ? null : { kind: 'press', press },
        acknowledge,
        tell,
        ...(alone ? { spent: () => takeAway(context, respond, channel) } : {}),
      });
    },
  );
}

/** Opens a modal; a trigger lives 3 s and opens one (S3), so it is tried once, before anything else. */
async function openModal(context: ListenContext, trigger: string, view: ModalView): Promise<boolean> {
  try {
    await context.client.views.open({ trigger_id: trigger, view });
    return true;
  } catch (error) {
    const failure = readFailure(error);
    if (failure === null) throw error;
    context.log.warn({ reason: failure.reason }, 'Slack: a question before a press could not be opened.');
    return false;
  }
}

/** A modal that was submitted is the press that it asked about, with what was written. */
function listenForSubmissions(app: App, context: ListenContext): void {
  app.view({ type: 'view_submission', callback_id: MODAL }, async ({ ack, body, view }) => {
    const acknowledge = acknowledgeInTime(ack, context);
    const read = readSubmission(view);
    const user = body.user.id;
    if (read === null) {
      context.log.warn({}, 'Slack: a modal of another version was submitted, and not taken.');
      return acknowledge();
    }
    const { press, said, conversation, channel, thread } = read;
    const { respond } = context.answers.find(`slack:${user}`, conversation);
    await context.take({
      id: `${view.id}:submitted`,
      by: person(user, body.user.name),
      conversation,
      what: press === null ? null : { kind: 'press', press, ...(said === undefined ? {} : { said }) },
      acknowledge,
      tell: async (message) => {
        try {
          // Where the button was seen by one person alone the bot may be no member.
          await tellAnyway(context, thread === null ? respond : null, { channel, user, thread }, message);
        } catch (error) {
          if (!(error instanceof ChatError)) throw error;
          context.log.warn({ channel, code: error.code }, error.message);
        }
      },
    });
  });
}

/** Registers what Bolt calls: each delivery is made neutral and taken, and acknowledged when it is kept (3 s, S1). */
export function listen(app: App, context: ListenContext): void {
  listenForCommands(app, context);
  listenForMentions(app, context);
  listenForPresses(app, context);
  listenForSubmissions(app, context);
}

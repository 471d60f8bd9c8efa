import type { Ephemeral, SlackMessage, SlackView, World } from './world.ts';

type Payload = Record<string, unknown>;

/** A person who types or presses. */
const nameOf = (user: string) => user.replace(/^U0/, '').toLowerCase();

/** What Slack sends for `/execfmt <text>`. */
export function commandPayload(
  world: World,
  text: string,
  user: string,
  channel: string,
  responseUrl: string,
): Payload {
  return {
    token: 'legacy',
    team_id: world.team,
    team_domain: 'example',
    channel_id: channel,
    channel_name: 'incidents',
    user_id: user,
    user_name: nameOf(user),
    command: '/execfmt',
    text,
    api_app_id: 'A0APP',
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: world.triggers.issue(user),
  };
}

/** What Slack sends when the bot is mentioned. */
export function mentionPayload(
  world: World,
  text: string,
  user: string,
  channel: string,
  thread: string | null,
): Payload {
  const ts = world.ts();
  const event = {
    type: 'app_mention',
    user,
    text,
    ts,
    channel,
    event_ts: ts,
    ...(thread === null ? {} : { thread_ts: thread }),
  };
  return {
    token: 'legacy',
    team_id: world.team,
    api_app_id: 'A0APP',
    event,
    type: 'event_callback',
    event_id: `Ev${world.serial()}`,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: world.team, user_id: world.botUser, is_bot: true, is_enterprise_install: false },
    ],
  };
}

interface Element {
  readonly type: string;
  readonly action_id: string;
  readonly text: { readonly text: string };
  readonly value?: string;
}

/** A button of a message by its text or its `action_id`. */
function findButton(message: Pick<SlackMessage, 'blocks'>, button: string): { element: Element; block: string } {
  for (const block of message.blocks ?? []) {
    if (block.type !== 'actions') continue;
    const element = (block.elements as Element[]).find(
      (each) => each.action_id === button || each.text.text === button,
    );
    if (element !== undefined) return { element, block: String(block.block_id) };
  }
  throw new Error(`The message has no button “${button}”.`);
}

/** What Slack sends when a button is pressed. */
export function pressPayload(
  world: World,
  message: SlackMessage,
  button: string,
  user: string,
  channel: string,
  responseUrl: string,
): Payload {
  const { element, block } = findButton(message, button);
  const { flags: _, metadata: __, ...shown } = message;
  const thread = message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts };
  return {
    type: 'block_actions',
    user: { id: user, username: nameOf(user), name: nameOf(user), team_id: world.team },
    api_app_id: 'A0APP',
    token: 'legacy',
    container: { type: 'message', message_ts: message.ts, channel_id: channel, is_ephemeral: false, ...thread },
    trigger_id: world.triggers.issue(user),
    team: { id: world.team, domain: 'example' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel, name: 'incidents' },
    message: shown,
    response_url: responseUrl,
    actions: [{ ...element, block_id: block, action_ts: world.ts() }],
  };
}

/** The same for a message that one person alone sees: its content is not sent along, and it is no real message. */
export function ephemeralPressPayload(world: World, shown: Ephemeral, button: string, responseUrl: string): Payload {
  const message: SlackMessage = {
    type: 'message',
    ts: world.ts(),
    user: world.botUser,
    text: shown.text,
    blocks: shown.blocks,
    flags: {},
  };
  const { message: _, ...payload } = pressPayload(world, message, button, shown.user, shown.channel, responseUrl);
  const thread = shown.thread === null ? {} : { thread_ts: shown.thread };
  const container = {
    type: 'message',
    message_ts: message.ts,
    channel_id: shown.channel,
    is_ephemeral: true,
    ...thread,
  };
  return { ...payload, container };
}

/** What Slack sends when a modal is submitted; `said` is what stands in its one input, empty inputs being null. */
export function submissionPayload(
  world: World,
  { id, user, view }: SlackView,
  said: string,
  callback?: string,
): Payload {
  const inputs = (view.blocks as Payload[]).filter(({ type }) => type === 'input');
  const values = Object.fromEntries(
    inputs.map(({ block_id: block, element }) => {
      const { action_id: action } = element as { action_id: string };
      return [block, { [action]: { type: 'plain_text_input', value: said === '' ? null : said } }];
    }),
  );
  return {
    type: 'view_submission',
    team: { id: world.team, domain: 'example' },
    user: { id: user, username: nameOf(user), name: nameOf(user), team_id: world.team },
    api_app_id: 'A0APP',
    token: 'legacy',
    trigger_id: world.triggers.issue(user),
    view: {
      ...view,
      id,
      callback_id: callback ?? view.callback_id,
      team_id: world.team,
      state: { values },
      hash: `${world.serial()}.hash`,
    },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  };
}

import type { CardAction, Room, TeamsMessage, TeamsUser, World } from './world.ts';

/** What all activities of one bot share. */
export interface Sender {
  readonly world: World;
  readonly serviceUrl: string;
  readonly tenant: string;
  readonly bot: string;
}

/** An activity as Teams sends it. */
export type Activity = Readonly<Record<string, unknown>>;

function base({ world, serviceUrl, tenant, bot }: Sender, room: Room, conversation: string, user: TeamsUser): Activity {
  const team = room.kind === 'channel' ? { team: { id: '19:team@thread.tacv2' }, channel: { id: room.id } } : {};
  return {
    id: world.id(),
    timestamp: new Date().toISOString(),
    serviceUrl,
    channelId: 'msteams',
    from: { id: user.id, name: user.name, aadObjectId: user.object },
    recipient: { id: bot, name: 'execfmt' },
    conversation: {
      id: conversation,
      conversationType: room.kind,
      tenantId: tenant,
      ...(room.kind === 'personal' ? {} : { isGroup: true }),
    },
    channelData: { tenant: { id: tenant }, ...team },
  };
}

/** A message of a person, with the bot mentioned in it unless it is in a chat with them alone. */
export function messageActivity(
  sender: Sender,
  where: { readonly room: Room; readonly conversation: string; readonly user: TeamsUser },
  text: string,
  mentioned: boolean,
): Activity {
  const at = '<at>execfmt</at>';
  const mention = { type: 'mention', text: at, mentioned: { id: sender.bot, name: 'execfmt' } };
  const locale = { type: 'clientInfo', locale: 'en-US', platform: 'iOS' };
  return {
    ...base(sender, where.room, where.conversation, where.user),
    type: 'message',
    textFormat: 'plain',
    text: mentioned ? `${at} ${text}` : text,
    entities: mentioned ? [mention, locale] : [locale],
  };
}

/** A press, or a refresh, of a card's Action.Execute. */
export function executeActivity(
  sender: Sender,
  where: { readonly room: Room; readonly conversation: string; readonly user: TeamsUser },
  action: CardAction,
  message: string,
  trigger: 'manual' | 'automatic',
): Activity {
  const own = base(sender, where.room, where.conversation, where.user);
  return {
    ...own,
    id: `f:${String(own.id)}`,
    type: 'invoke',
    name: 'adaptiveCard/action',
    replyToId: message,
    value: { action: { type: 'Action.Execute', id: '', verb: action.verb, data: action.data }, trigger },
  };
}

/** What a person answers to the question about a file; with the address where it may be put when the answer is yes. */
export function consentActivity(
  sender: Sender,
  where: { readonly room: Room; readonly conversation: string; readonly user: TeamsUser },
  message: TeamsMessage,
  uploadInfo: object | null,
): Activity {
  const own = base(sender, where.room, where.conversation, where.user);
  const context = (message.file?.content as { readonly acceptContext?: unknown } | undefined)?.acceptContext;
  const answer = uploadInfo === null ? { action: 'decline' } : { action: 'accept', uploadInfo };
  return {
    ...own,
    id: `f:${String(own.id)}`,
    type: 'invoke',
    name: 'fileConsent/invoke',
    replyToId: message.id,
    value: { type: 'fileUpload', context, ...answer },
  };
}

/** A press in a client that knows no Action.Execute: the fallback's Action.Submit comes as a message without text. */
export function submitActivity(
  sender: Sender,
  where: { readonly room: Room; readonly conversation: string; readonly user: TeamsUser },
  action: CardAction,
  message: string,
): Activity {
  const own = base(sender, where.room, where.conversation, where.user);
  return { ...own, type: 'message', replyToId: message, value: action.fallback?.data };
}

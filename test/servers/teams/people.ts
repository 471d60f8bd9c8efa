import { consentActivity, executeActivity, messageActivity, type Sender, submitActivity } from './activities.ts';
import { typedIn } from './check-activity.ts';
import type { createDeliveries, Delivery } from './delivery.ts';
import type { Spoil } from './tokens.ts';
import type { AdaptiveCard, CardAction, Room, TeamsMessage, TeamsUser } from './world.ts';

/** The channel that is there from the start. */
export const CHANNEL = '19:incidents@thread.tacv2';

/** Who does it and where. */
export interface Where {
  readonly user?: string;
  readonly room?: string;
  /** The root of a channel's thread; without it a channel's message begins a new one. */
  readonly root?: string;
}

/** The inputs that a client sends with an action: those of the card it stands in and of the cards around, not its siblings'. */
function inputsOf(cards: readonly AdaptiveCard[]): readonly string[] {
  const elements = typedIn(cards.map(({ body }) => body));
  return elements.flatMap(({ type, id }) => (type === 'Input.Text' && typeof id === 'string' ? [id] : []));
}

function findAction(
  card: AdaptiveCard | null | undefined,
  title: string,
  around: readonly AdaptiveCard[] = [],
): { readonly action: CardAction; readonly inputs: readonly string[] } | null {
  if (!card) return null;
  const cards = [...around, card];
  for (const action of card.actions ?? []) {
    if (action.title === title && action.type === 'Action.Execute') return { action, inputs: inputsOf(cards) };
    const below = findAction(action.card, title, cards);
    if (below) return below;
  }
  return null;
}

/** A button as a client sends it: its own data, and what was typed when it gathers that (`associatedInputs`). */
function actionOf(message: TeamsMessage, title: string, typed: string): CardAction {
  const found = findAction(message.card, title);
  if (!found) throw new Error(`There is no button ${title}.`);
  const { action, inputs } = found;
  const gather = (each: CardAction): CardAction =>
    each.associatedInputs === 'none'
      ? each
      : { ...each, data: { ...(each.data as object), ...Object.fromEntries(inputs.map((id) => [id, typed])) } };
  return { ...gather(action), ...(action.fallback ? { fallback: gather(action.fallback) } : {}) };
}

/** What people do in Teams, as far as the bot learns of it. */
export function createPeople(sender: () => Sender, { deliver, all }: ReturnType<typeof createDeliveries>) {
  const { world } = sender();
  const roomOf = (id: string): Room => {
    const room = world.rooms.get(id);
    if (!room) throw new Error(`There is no ${id}.`);
    return room;
  };
  const write = (text: string, { user = 'anna', room: id = CHANNEL, root }: Where) => {
    const [room, person]: [Room, TeamsUser] = [roomOf(id), world.user(user)];
    const message = world.id();
    const conversation = room.kind === 'channel' ? `${room.id};messageid=${root ?? message}` : room.id;
    room.messages.push({ id: message, conversation, from: person.id, summary: '', text, card: null, edits: 0 });
    return { room, conversation, user: person };
  };
  const placeOf = ({ conversation }: TeamsMessage, user: string) => {
    return { room: roomOf(conversation.split(';')[0] ?? ''), conversation, user: world.user(user) };
  };
  return {
    /** A person writes `@execfmt <text>`. */
    mention(text: string, where: Where = {}, spoil: Spoil | null = null): Promise<Delivery> {
      const place = write(text, where);
      return deliver(messageActivity(sender(), place, text, place.room.kind !== 'personal'), spoil);
    },
    /** A person writes without mentioning the bot: it is delivered only with resource-specific consent. */
    overheard: (text: string, where: Where = {}): Promise<Delivery> =>
      deliver(messageActivity(sender(), write(text, where), text, false)),
    /** Presses a button, also one that is shown by another (Action.ShowCard), with what was typed where it asks for a line. */
    press(
      message: TeamsMessage,
      title: string,
      user = 'anna',
      spoil: Spoil | null = null,
      typed = '',
    ): Promise<Delivery> {
      const action = actionOf(message, title, typed);
      return deliver(executeActivity(sender(), placeOf(message, user), action, message.id, 'manual'), spoil);
    },
    /** The same press in a client that knows no Action.Execute. */
    pressOld: (message: TeamsMessage, title: string, user = 'anna', typed = ''): Promise<Delivery> =>
      deliver(submitActivity(sender(), placeOf(message, user), actionOf(message, title, typed), message.id)),
    /** Answers the question about a file: yes, with an address in their OneDrive unless another is given; or no. */
    consent(message: TeamsMessage, user: string, yes: boolean, address?: string): Promise<Delivery> {
      const name = message.file?.name ?? '';
      const uploadUrl = address ?? new URL(`/onedrive/${message.id}`, sender().serviceUrl).href;
      const info = { contentUrl: `${uploadUrl}/${name}`, name, uploadUrl, uniqueId: `u${message.id}`, fileType: 'md' };
      return deliver(consentActivity(sender(), placeOf(message, user), message, yes ? info : null));
    },
    /** What a client does by itself when it shows a card to somebody who is in its `userIds`; null for others. */
    async refresh(message: TeamsMessage, user: string): Promise<Delivery | null> {
      const { refresh } = message.card ?? {};
      if (!refresh?.userIds.includes(world.user(user).id)) return null;
      return deliver(executeActivity(sender(), placeOf(message, user), refresh.action, message.id, 'automatic'));
    },
    /** The very same activity as the last one, newly signed: Teams sends again what was not answered in time. */
    retry(): Promise<Delivery> {
      const last = all.at(-1);
      if (!last) throw new Error('Nothing was delivered yet.');
      return deliver(last.activity);
    },
    /** The bot's messages, oldest first. */
    messages: (room = CHANNEL): readonly TeamsMessage[] =>
      roomOf(room).messages.filter(({ from }) => from === sender().bot),
  };
}

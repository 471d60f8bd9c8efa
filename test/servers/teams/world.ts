/** A person of the tenant. */
export interface TeamsUser {
  /** `29:…` */
  readonly id: string;
  readonly object: string;
  readonly name: string;
}

/** A message that stands in a conversation. */
export interface TeamsMessage {
  readonly id: string;
  /** With `;messageid=<root>` in a channel. */
  readonly conversation: string;
  /** `28:<app>` for the bot's own. */
  readonly from: string;
  summary: string;
  text: string;
  card: AdaptiveCard | null;
  /** A question about a file, or a file; absent for all else. */
  file?: FileAttachment | null;
  edits: number;
}

/** An attachment of one of the two kinds that files are shared by. */
export interface FileAttachment {
  readonly contentType: string;
  readonly name: string;
  readonly contentUrl?: string;
  readonly content: object;
}

/** A card as it came, checked. */
export interface AdaptiveCard {
  readonly version: string;
  readonly fallbackText?: string;
  readonly body: readonly Record<string, unknown>[];
  readonly actions?: readonly CardAction[];
  readonly refresh?: { readonly action: CardAction; readonly userIds: readonly string[] };
}

/** An action of a card. */
export interface CardAction {
  readonly type: string;
  readonly title?: string;
  readonly verb?: string;
  readonly data?: unknown;
  readonly associatedInputs?: 'auto' | 'none';
  readonly card?: AdaptiveCard;
  readonly fallback?: CardAction;
  readonly url?: string;
}

/** A channel, a group chat, or a chat with one person. */
export interface Room {
  readonly id: string;
  readonly kind: 'channel' | 'groupChat' | 'personal';
  botIsMember: boolean;
  readonly users: TeamsUser[];
  readonly messages: TeamsMessage[];
}

/** One tenant with its people, channels and chats. */
export function createWorld() {
  const rooms = new Map<string, Room>();
  const users = new Map<string, TeamsUser>();
  let next = 1_760_000_000_000;
  const world = {
    rooms,
    users,
    /** Teams' ids of messages are times: the same one may be in two conversations. */
    id: () => {
      next += 1;
      return String(next);
    },
    user(name: string): TeamsUser {
      const known = users.get(name);
      if (known) return known;
      const number = String(users.size + 1).padStart(12, '0');
      const user = { id: `29:${name}-id`, object: `00000000-aaaa-4bbb-8ccc-${number}`, name };
      users.set(name, user);
      return user;
    },
    room(id: string, kind: Room['kind'], names: readonly string[] = []): Room {
      const known = rooms.get(id);
      if (known) return known;
      const room = { id, kind, botIsMember: true, users: names.map((name) => world.user(name)), messages: [] };
      rooms.set(id, room);
      return room;
    },
    /** The room of a conversation's id, and whether the thread it names is there. */
    find(conversation: string): { readonly room: Room; readonly root: string | null } | null {
      const [id = '', root] = conversation.split(';messageid=');
      const room = rooms.get(id);
      if (!room) return null;
      if (root === undefined) return { room, root: null };
      return room.kind === 'channel' && room.messages.some((each) => each.id === root) ? { room, root } : null;
    },
  };
  return world;
}

export type World = ReturnType<typeof createWorld>;

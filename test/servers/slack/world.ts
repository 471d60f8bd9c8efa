import { createTriggers } from './triggers.ts';

/** A message as the Web API gives it back. */
export interface SlackMessage {
  readonly type: 'message';
  readonly ts: string;
  readonly user: string;
  readonly bot_id?: string;
  text: string;
  blocks?: readonly Record<string, unknown>[];
  thread_ts?: string;
  metadata?: Record<string, unknown>;
  files?: readonly { readonly id: string; readonly name: string; readonly title: string; readonly size: number }[];
  edited?: { readonly ts: string };
  /** What was asked beside the content: `unfurl_links`, `link_names`, `parse` … */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** What one person alone was shown. */
export interface Ephemeral {
  readonly channel: string;
  readonly user: string;
  readonly thread: string | null;
  readonly via: 'chat.postEphemeral' | 'response_url';
  readonly text: string;
  readonly blocks: readonly Record<string, unknown>[];
  /** It was taken away again. */
  gone?: boolean;
}

/** A file that is uploaded, or about to be. */
export interface SlackFile {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  bytes: Buffer | null;
  /** Null until it is shared. */
  title: string | null;
}

/** A modal that one person has before them. */
export interface SlackView {
  readonly id: string;
  readonly user: string;
  readonly view: Readonly<Record<string, unknown>>;
  open: boolean;
}

export interface SlackChannel {
  readonly id: string;
  readonly isPrivate: boolean;
  botIsMember: boolean;
  archived: boolean;
  restricted: boolean;
  /** Whether messages may be replied to. */
  threads: boolean;
  readonly members: Set<string>;
  readonly messages: SlackMessage[];
}

/** One workspace: what is in it, and how `ts` are given. */
export interface World {
  readonly team: string;
  readonly botUser: string;
  readonly botId: string;
  readonly channels: Map<string, SlackChannel>;
  readonly groups: Map<string, readonly string[]>;
  readonly ephemerals: Ephemeral[];
  /** What the bot token may do, as far as the stand-in looks at it. */
  readonly scopes: Set<string>;
  /** Display names by id. */
  readonly names: Map<string, string>;
  readonly views: SlackView[];
  readonly files: Map<string, SlackFile>;
  readonly triggers: ReturnType<typeof createTriggers>;
  /** The address of this Slack. */
  base(): string;
  /** Seconds and six digits, growing, unique. */
  ts(): string;
  /** A number that was not given before. */
  serial(): number;
}

export function createWorld(now: () => number, base: () => string): World {
  let last = 0;
  let count = 0;
  const serial = () => {
    count += 1;
    return count;
  };
  return {
    team: 'T0TEAM',
    botUser: 'U0BOT',
    botId: 'B0BOT',
    channels: new Map(),
    groups: new Map(),
    ephemerals: [],
    scopes: new Set(
      'app_mentions:read channels:history chat:write commands groups:history usergroups:read users:read'.split(' '),
    ),
    names: new Map([
      ['U0ANNA', 'Anna'],
      ['U0BEN', 'Ben'],
    ]),
    views: [],
    files: new Map(),
    triggers: createTriggers(now, serial),
    base,
    ts() {
      last = Math.max(Date.now() * 1000, last + 1);
      return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
    },
    serial,
  };
}

/** Adds a channel that the bot and two people are in. */
export function addChannel(world: World, id: string, set: Partial<SlackChannel> = {}): SlackChannel {
  const channel: SlackChannel = {
    id,
    isPrivate: false,
    botIsMember: true,
    archived: false,
    restricted: false,
    threads: true,
    members: new Set(['U0ANNA', 'U0BEN']),
    messages: [],
    ...set,
  };
  world.channels.set(id, channel);
  return channel;
}

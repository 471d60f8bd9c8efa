/** Where a run is told: a chat and, inside it, the place that the chat itself understands. */
export interface Conversation {
  readonly chat: 'slack' | 'teams' | 'web' | 'cli';
  /** Opaque to all but that chat's adapter (Slack: `team/channel`). */
  readonly id: string;
}

/** Why a conversation takes no messages of the bot, as far as its chat says it. */
export type GoneReason = 'archived' | 'not-a-member' | 'no-threads' | 'restricted';

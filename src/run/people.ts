/** Who asked or pressed, by the platform's own identity: `slack:U012AB3CD`, `teams:<object id>`, `web:<name>`, `cli:<user>`. */
export interface Person {
  readonly id: string;
  /** For display only; untrusted. */
  readonly name: string;
}

/** Where a run is told: a chat and, inside it, the place that the chat itself understands. */
export interface Conversation {
  readonly chat: 'slack' | 'teams' | 'web' | 'cli';
  /** Opaque to all but that chat's adapter (Slack: `team/channel`). */
  readonly id: string;
}

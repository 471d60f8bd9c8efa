import type { Config } from '../config/config.ts';

/** What is read at the start only, by its name in the file. Tokens of chats in the environment are too, and cannot change without one. */
const AT_START: readonly (readonly [string, (config: Config) => unknown])[] = [
  ['chat.web', ({ chat }) => chat.web],
  ['chat.slack', ({ chat }) => chat.slack],
  ['chat.teams', ({ chat }) => chat.teams],
  ['store', ({ store }) => store],
  ['publicUrl', ({ publicUrl }) => publicUrl],
  ['watch', ({ watch }) => watch],
];

/** The keys in which two configurations differ that take effect at the next start only. */
export function needRestart(running: Config, next: Config): readonly string[] {
  return AT_START.filter(([, part]) => JSON.stringify(part(running)) !== JSON.stringify(part(next))).map(
    ([key]) => key,
  );
}

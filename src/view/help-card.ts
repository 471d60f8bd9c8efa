import type { Card } from './card.ts';
import { commandButton, privateCard } from './private-card.ts';

const COMMANDS = [
  '/execfmt NAME: why it does not start, step by step, in a thread',
  '/execfmt NAME on WHERE: on one host or cluster only',
  '/execfmt status: what is under way, and what waits for whom',
  '/execfmt list: what is configured, and what runs where',
  '/execfmt check IMAGE: whether a published image would start on each of its platforms',
  '/execfmt transcript RUN: everything of a run as a file',
  '/execfmt again RUN: the same diagnosis once more',
  '/execfmt help',
];

/** What can be asked for. `services` are those of the configuration; the first serves as the example. */
export function helpCard(services: readonly string[]): Card {
  const first = services[0];
  const about = privateCard(
    'What execfmt does',
    'It finds out why a container dies with exec format error, and offers the way back. A diagnosis changes nothing. What changes something is done only when those approve who are configured to.',
    [],
    'ok',
  );
  return {
    ...about,
    parts: [
      ...about.parts,
      { kind: 'code', text: COMMANDS.join('\n') },
      {
        kind: 'note',
        text: 'In a thread, where slash commands do not work, mention the bot instead. A target that is called like a command: diagnose NAME.',
      },
    ],
    buttons: [
      ...(first ? [commandButton(`/execfmt diagnose ${first}`, `Diagnose ${first}`)] : []),
      commandButton('/execfmt status', 'Status'),
      commandButton('/execfmt list', 'List'),
    ],
    fallback: `${about.fallback} Commands: ${COMMANDS.join('; ')}.`,
  };
}

import type { Intent, IntentReply } from '../ports/application.ts';
import type { Card } from '../view/card.ts';
import { privateCard } from '../view/private-card.ts';
import type { Deps } from './deps.ts';
import { knownTargets } from './locate.ts';
import { openRun } from './open-run.ts';
import { readCommand } from './read-command.ts';
import type { Recorder } from './recorder.ts';
import { takePress } from './take-press.ts';

/** Decides what an intent means and has it done. */
export async function handleIntent(
  deps: Deps,
  recorder: Recorder,
  intent: Intent,
  signal: AbortSignal,
): Promise<IntentReply> {
  const { what } = intent;
  if (what.kind === 'command') return handleCommand(what.text);
  return what.press.action === 'command'
    ? handleCommand(what.press.subject)
    : takePress(deps, recorder, intent, what.press, signal);

  async function handleCommand(text: string): Promise<IntentReply> {
    const command = readCommand(text);
    switch (command.kind) {
      case 'diagnose':
        return openRun(deps, recorder, intent, command.target, command.on, signal);
      case 'help':
        return { kind: 'private', card: helpCard() };
      case 'list': {
        const names = await knownTargets(deps, signal);
        return {
          kind: 'private',
          card: privateCard('What can be asked for', names.join('\n') || 'Nothing is configured, and no host answers.'),
        };
      }
      case 'practice':
        return practise();
      case 'unreadable':
        return { kind: 'private', card: privateCard('That could not be read', command.why, ['/execfmt help']) };
    }
  }

  async function practise(): Promise<IntentReply> {
    if (!deps.resetPractice)
      return {
        kind: 'private',
        card: privateCard(
          'No practice here',
          'The practice incident is there only without a configuration, and in `execfmt drill`.',
        ),
      };
    await deps.resetPractice();
    return {
      kind: 'private',
      card: privateCard(
        'The practice incident is back at its start',
        'Ask what is wrong with it:',
        ['/execfmt pdf-renderer'],
        'ok',
      ),
    };
  }
}

function helpCard(): Card {
  return privateCard(
    'What execfmt does',
    'It finds out why a container dies with exec format error, and offers the way back. A diagnosis changes nothing. What changes something is done only when those approve who are configured to.',
    ['/execfmt pdf-renderer', '/execfmt pdf-renderer on render-01', '/execfmt list', '/execfmt help'],
    'ok',
  );
}

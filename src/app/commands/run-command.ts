import type { Intent, IntentReply } from '../../ports/application.ts';
import { helpCard } from '../../view/help-card.ts';
import { privateCard } from '../../view/private-card.ts';
import { openRun } from '../open-run.ts';
import { readCommand } from '../read-command.ts';
import { runAgain } from './again.ts';
import { checkCommand } from './check.ts';
import type { Desk } from './desk.ts';
import { askWhichRun } from './find-run.ts';
import { listTargets } from './list.ts';
import { practise } from './practice.ts';
import { tellStatus } from './status.ts';
import { shareTranscript } from './transcript.ts';

/** Has a typed command done. What takes long goes on behind the answer. */
export async function runCommand(desk: Desk, intent: Intent, text: string): Promise<IntentReply> {
  const command = readCommand(text);
  switch (command.kind) {
    case 'diagnose':
      return openRun(desk.deps, desk.recorder, intent, command.target, command.on, desk.signal);
    case 'help':
      return { kind: 'private', card: helpCard([...desk.deps.services.keys()]) };
    case 'status':
      return tellStatus(desk);
    case 'list':
      return listTargets(desk);
    case 'check':
      return checkCommand(desk, intent, command.image, command.platforms);
    case 'transcript':
      return shareTranscript(desk, command.run, command.format);
    case 'again':
      return runAgain(desk, intent, command.run);
    case 'which-run':
      return askWhichRun(desk, command.command);
    case 'practice':
      return practise(desk);
    case 'unreadable': {
      const commands = [...command.commands, '/execfmt help'];
      return { kind: 'private', card: privateCard('That could not be read', command.why, commands) };
    }
  }
}

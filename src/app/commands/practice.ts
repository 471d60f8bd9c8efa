import type { IntentReply } from '../../ports/application.ts';
import { privateCard } from '../../view/private-card.ts';
import type { Desk } from './desk.ts';

/** `practice`: puts the practice incident back to its start. */
export async function practise({ deps }: Desk): Promise<IntentReply> {
  if (!deps.resetPractice) {
    const why = 'The practice incident is there only without a configuration, and in `execfmt drill`.';
    return { kind: 'private', card: privateCard('No practice here', why) };
  }
  await deps.resetPractice();
  const card = privateCard(
    'The practice incident is back at its start',
    'Ask what is wrong with it: `/execfmt pdf-renderer`.',
    ['/execfmt pdf-renderer'],
    'ok',
  );
  return { kind: 'private', card };
}

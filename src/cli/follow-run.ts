import type { RunningApplication } from '../app/application.ts';
import { threadOf } from '../view/thread.ts';
import type { Terminal } from './terminal.ts';

/**
 * Prints the replies of a run as they come, each once, until `done` resolves; a reply that is replaced in place (an action
 * that goes on) is printed when it has come to rest.
 */
export async function followRun(
  application: RunningApplication,
  terminal: Terminal,
  run: string,
  done: Promise<unknown>,
  printed: Set<string>,
): Promise<void> {
  let showing = Promise.resolve();
  const show = (final: boolean) => {
    showing = showing.then(() => printNew(application, terminal, run, printed, final));
  };
  const unwatch = application.watch((changed) => {
    if (changed === run) show(false);
  });
  try {
    show(false);
    await done;
    show(true);
    await showing;
  } finally {
    unwatch();
  }
}

async function printNew(
  application: RunningApplication,
  terminal: Terminal,
  run: string,
  printed: Set<string>,
  final: boolean,
): Promise<void> {
  const state = await application.state(run);
  if (!state) return;
  for (const { key, card } of threadOf(state).replies) {
    if (printed.has(key) || (card.tone === 'working' && !final)) continue;
    printed.add(key);
    terminal.show(card);
  }
}

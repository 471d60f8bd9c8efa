import type { RunEvent } from '../run/events.ts';
import { transcriptOf } from '../run/transcript.ts';
import { transcriptHtml } from '../run/transcript-html.ts';
import { transcriptMarkdown } from '../run/transcript-markdown.ts';
import { USAGE, UsageError } from './exit-status.ts';
import { loadConfig, storeOf } from './load-config.ts';
import { openJournal, placeOfStore } from './open-store.ts';
import { createProgramLog } from './program-log.ts';
import { createTerminal } from './terminal.ts';

export type TranscriptFormat = 'md' | 'html' | 'json';

/** `execfmt transcript RUN`: one run's transcript on stdout. 2 when there is no such run. */
export async function transcript(
  run: string,
  options: { readonly format: TranscriptFormat; readonly config: string | null },
): Promise<number> {
  const store = storeOf(await loadConfig(options.config));
  const journal = await openJournal(store, createProgramLog('error'));
  try {
    const events = await journal.read(run);
    if (events.length === 0) {
      const known = (await journal.list(5)).map((listing) => `${listing.run} (${listing.target})`);
      createTerminal(process.stderr).say(
        `There is no run ${run} in ${placeOfStore(store)}. ${known.length > 0 ? `The newest: ${known.join(', ')}.` : 'It has no runs yet.'}`,
      );
      return USAGE;
    }
    process.stdout.write(render(events, options.format));
    return 0;
  } finally {
    await journal.stop();
  }
}

function render(events: readonly RunEvent[], format: TranscriptFormat): string {
  const built = transcriptOf(events);
  if (!built) throw new UsageError('This run has no beginning: the store is damaged. Restore it from its backup.');
  switch (format) {
    case 'md':
      return transcriptMarkdown(built);
    case 'html':
      return transcriptHtml(built);
    case 'json':
      return `${JSON.stringify({ ...built, events }, null, 2)}\n`;
  }
}

import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import { makeTranscript } from '../app/make-transcript.ts';
import type { TranscriptFormat } from '../run/transcript/format.ts';
import { createRedact } from '../view/create-redact.ts';
import { USAGE } from './exit-status.ts';
import { loadConfig, storeOf } from './load-config.ts';
import { openJournal, placeOfStore } from './open-store.ts';
import { createProgramLog } from './program-log.ts';
import { createTerminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** `execfmt transcript RUN`: one run's transcript on stdout. 2 when there is no such run. */
export async function transcript(
  run: string,
  options: { readonly format: TranscriptFormat; readonly config: string | null },
): Promise<number> {
  const config = await loadConfig(options.config);
  const store = storeOf(config);
  const log = createProgramLog('error', config.redact);
  const journal = await openJournal(store, log);
  const deps = {
    journal,
    ids: systemIds,
    chats: [],
    clock: systemClock,
    log,
    redact: createRedact(config.redact),
    version: VERSION,
  };
  const life = systemClock.lifetime();
  try {
    const file = await makeTranscript(deps, run, options.format, life.signal);
    if (file === null) {
      const known = (await journal.list(5)).map((listing) => `${listing.run} (${listing.target})`);
      createTerminal(process.stderr).say(
        `There is no run ${run} in ${placeOfStore(store)}. ${known.length > 0 ? `The newest: ${known.join(', ')}.` : 'It has no runs yet.'}`,
      );
      return USAGE;
    }
    process.stdout.write(file.text);
    return 0;
  } finally {
    await journal.stop();
  }
}

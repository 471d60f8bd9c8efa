import { chainEvents, type Sha256 } from '../chain.ts';
import type { RunEvent } from '../events.ts';
import { foldRun } from '../run-state.ts';
import type { ThreadMessages } from '../thread-message.ts';
import { buildDocument } from './build-document.ts';
import type { TranscriptFormat } from './format.ts';
import { DATA_FORMAT, sealOf, type TranscriptData, writeData } from './transcript-data.ts';
import { writeHtml } from './write-html.ts';
import { writeMarkdown } from './write-markdown.ts';

/** What a transcript is written from, and nothing else: the same source gives the same file. */
export interface TranscriptSource {
  /** All of a run, from its first on. */
  readonly events: readonly RunEvent[];
  readonly thread: ThreadMessages;
  /** Of the program that writes it. */
  readonly version: string;
}

/** The whole file of a transcript. Throws when the events have no beginning: the store is damaged then. */
export function renderTranscript(source: TranscriptSource, format: TranscriptFormat, sha256: Sha256): string {
  // As a reader of the file will have it: what JSON does not keep is gone from the readable part too.
  const { events: given, thread, version } = JSON.parse(JSON.stringify(source)) as TranscriptSource;
  const events = chainEvents(given, sha256);
  const state = foldRun(events);
  const head = events.at(-1)?.hash;
  if (!state || head === undefined) throw new Error('These events do not begin with the opening of a run.');
  const seal = sealOf({ version, head, thread }, sha256);
  const data: TranscriptData = { format: DATA_FORMAT, version, run: state.run, head, seal, thread, events };
  const document = buildDocument({ state, events, head, thread, version });
  switch (format) {
    case 'md':
      return writeMarkdown(document, writeData(data));
    case 'html':
      return writeHtml(document, writeData(data));
    case 'json':
      return `${writeData(data, { check: 'execfmt transcript --verify FILE', document })}\n`;
  }
}

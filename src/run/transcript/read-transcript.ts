import type { ThreadMessage, ThreadMessages } from '../thread-message.ts';
import type { TranscriptFormat } from './format.ts';
import { DATA_FORMAT, type TranscriptData } from './transcript-data.ts';
import { HTML_DATA } from './write-html.ts';
import { MARKDOWN_DATA } from './write-markdown.ts';

/** What a file holds: a transcript’s data; or a sentence why it does not, or no more. */
export type ReadTranscript =
  | { readonly kind: 'read'; readonly format: TranscriptFormat; readonly data: TranscriptData }
  | { readonly kind: 'damaged'; readonly why: string }
  | { readonly kind: 'no-transcript' };

/** Every transcript has two of these, so that one is left when a character was changed. No page about transcripts has any. */
const TRACE =
  /\n"format": "execfmt-transcript\/|\n"check": "execfmt transcript|\nChain head: `[0-9a-f]{64}`|\n<script type="application\/json" id="execfmt-transcript">/;

/** Reads the data out of a transcript of any format. What is read is not believed: it is checked afterwards. */
export function readTranscript(file: string): ReadTranscript {
  const format = formatOf(file);
  const data = format && dataOf(parse(cut(file, format)));
  if (format && data) return { kind: 'read', format, data };
  if (!TRACE.test(file)) return { kind: 'no-transcript' };
  const why = format ? 'its data at the end cannot be read' : 'its first line was changed';
  return { kind: 'damaged', why };
}

function formatOf(file: string): TranscriptFormat | null {
  if (file.startsWith('<!doctype html>')) return 'html';
  if (file.startsWith('# ')) return 'md';
  return file.startsWith('{') ? 'json' : null;
}

/** The text of the data: the last block of its kind, since outside text can only stand before it. */
function cut(file: string, format: TranscriptFormat): string {
  if (format === 'json') return file;
  const { before, after } = format === 'html' ? HTML_DATA : MARKDOWN_DATA;
  const start = file.lastIndexOf(before);
  const end = file.indexOf(after, start + before.length);
  return start < 0 || end < 0 ? '' : file.slice(start + before.length, end);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Only what is known is taken over: what somebody added is then missing from what is written anew. */
function dataOf(value: unknown): TranscriptData | null {
  if (!isObject(value)) return null;
  const { format, version, run, head, seal, events } = value;
  const thread = threadOf(value.thread);
  if (format !== DATA_FORMAT || !isText(version) || !isText(run) || !isText(head) || !isText(seal)) return null;
  return thread !== null && areEvents(events) ? { format, version, run, head, seal, thread, events } : null;
}

/** Whether they can be looked at; what they hold is checked by the chain. */
function areEvents(value: unknown): value is TranscriptData['events'] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((event) => isObject(event) && isObject(event.fact) && isText(event.hash))
  );
}

function threadOf(value: unknown): ThreadMessages | null {
  if (!isObject(value)) return null;
  const { kind, why, messages } = value;
  if (kind === 'not-read') return isText(why) ? { kind, why } : null;
  if (kind !== 'read' || !Array.isArray(messages)) return null;
  const read = messages.map(messageOf).filter((message) => message !== null);
  return read.length === messages.length ? { kind, messages: read } : null;
}

function messageOf(value: unknown): ThreadMessage | null {
  if (!isObject(value) || !isObject(value.by)) return null;
  const { at, text, by } = value;
  if (!isText(at) || !isText(text) || !isText(by.id) || !isText(by.name)) return null;
  return { by: { id: by.id, name: by.name }, at, text };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

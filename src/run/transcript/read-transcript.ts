import type { TranscriptFormat } from './format.ts';
import { DATA_FORMAT, type TranscriptData } from './transcript-data.ts';
import { HTML_DATA } from './write-html.ts';
import { MARKDOWN_DATA } from './write-markdown.ts';

/** What a file holds: a transcript’s data; or a sentence why it does not, or no more. */
export type ReadTranscript =
  | { readonly kind: 'read'; readonly format: TranscriptFormat; readonly data: TranscriptData }
  | { readonly kind: 'damaged'; readonly why: string }
  | { readonly kind: 'no-transcript' };

/** Every transcript says this somewhere, in more than one place. */
const TRACE = /execfmt[ -]transcript/;

/** Reads the data out of a transcript of any format. What is read is not believed: it is checked afterwards. */
export function readTranscript(file: string): ReadTranscript {
  const format = formatOf(file);
  const data = format && parse(cut(file, format));
  if (format && isData(data)) return { kind: 'read', format, data };
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

function isData(value: unknown): value is TranscriptData {
  if (!isObject(value)) return false;
  const { format, version, run, head, thread, events } = value;
  return (
    format === DATA_FORMAT &&
    [version, run, head].every((part) => typeof part === 'string') &&
    isObject(thread) &&
    Array.isArray(events) &&
    events.length > 0 &&
    events.every((event) => isObject(event) && isObject(event.fact) && typeof event.hash === 'string')
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

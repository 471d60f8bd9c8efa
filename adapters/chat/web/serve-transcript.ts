import type { Application } from '../../../src/ports/application.ts';
import { transcriptOf } from '../../../src/run/transcript.ts';
import { transcriptHtml } from '../../../src/run/transcript-html.ts';
import { transcriptMarkdown } from '../../../src/run/transcript-markdown.ts';
import type { PageRequest } from './visitor.ts';

/** A transcript brings its own style, and nothing else: no script, no form, no frame, no origin. */
const TRANSCRIPT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups";

/** The transcript of a run as a document of its own; null when there is no such run. */
export async function serveTranscript(
  request: PageRequest,
  application: Application,
  run: string,
  format: string,
): Promise<Response | null> {
  const events = await application.events(run);
  const transcript = transcriptOf(events);
  if (!transcript) return null;
  const file = `incident-${run.replace(/[^\w.-]/g, '_')}.${format}`;
  const headers = { 'Content-Disposition': `inline; filename="${file}"`, 'Content-Security-Policy': TRANSCRIPT_POLICY };
  if (format === 'html') return request.html(transcriptHtml(transcript), 200, headers);
  if (format === 'json')
    return request.body(
      `${JSON.stringify({ ...transcript, events }, null, 2)}\n`,
      200,
      typed('application/json', headers),
    );
  return request.body(transcriptMarkdown(transcript), 200, typed('text/markdown', headers));
}

const typed = (type: string, headers: Readonly<Record<string, string>>) => ({
  ...headers,
  'Content-Type': `${type}; charset=utf-8`,
});

import type { Application } from '../../../src/ports/application.ts';
import { TRANSCRIPT_FORMATS } from '../../../src/run/transcript/format.ts';
import type { PageRequest } from './visitor.ts';

/** A transcript brings its own style, and nothing else: no script, no form, no frame, no origin. */
const TRANSCRIPT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups";

/** The transcript of a run as a document of its own; null when there is no such run or format. */
export async function serveTranscript(
  request: PageRequest,
  application: Application,
  run: string,
  format: string,
): Promise<Response | null> {
  const known = TRANSCRIPT_FORMATS.find((one) => one === format);
  const file = known ? await application.transcript(run, known) : null;
  if (!file) return null;
  return request.body(file.text, 200, {
    'Content-Disposition': `inline; filename="${file.name.replace(/[^\w.-]/g, '_')}"`,
    'Content-Security-Policy': TRANSCRIPT_POLICY,
    'Content-Type': `${file.mediaType.split(';')[0]}; charset=utf-8`,
  });
}

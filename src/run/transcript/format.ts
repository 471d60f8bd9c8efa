/** How a transcript is written. */
export const TRANSCRIPT_FORMATS = ['md', 'html', 'json'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

/** The media type of each format. */
export const TRANSCRIPT_MEDIA_TYPES: Readonly<Record<TranscriptFormat, string>> = {
  md: 'text/markdown',
  html: 'text/html',
  json: 'application/json',
};

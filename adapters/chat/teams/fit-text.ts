const CUT = '… (cut)';

/** What a reader would obey instead of see: controls (but tab and line feed), and what turns the direction of writing. */
const UNSHOWABLE = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes any string safe for a TextRun, a title or a summary, where Teams reads no Markdown (T14): no half characters, no controls,
 * line feeds as `\n`. What stays alive there is broken by an invisible character: dates (`{{DATE(…)}}`) and mention tags.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(UNSHOWABLE, '\uFFFD')
    .replace(/\{(?=\{)/g, '{\u2060')
    .replace(/<(?=\/?\s*at\b)/gi, '<\u2060');
}

/** How much of a card's limit a value takes, bytes. */
export function costOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Cleans a text and cuts it to at most `max` characters; what was cut ends with `… (cut)`. */
export function fitText(text: string, max: number): string {
  const head = cleanText(text.slice(0, max + 1));
  if (text.length <= max && head.length <= max) return head;
  return head.slice(0, Math.max(0, max - CUT.length)).toWellFormed() + CUT;
}

/** As `fitOr`, in one line. */
export function fitLine(text: string, max: number, otherwise: string): string {
  return fitOr(text.replaceAll(/[\r\n]+/g, ' '), max, otherwise);
}

/** As `fitText`, with something to show in place of nothing. */
export function fitOr(text: string, max: number, otherwise: string): string {
  const fitted = fitText(text, max);
  return fitted.trim() === '' ? otherwise : fitted;
}

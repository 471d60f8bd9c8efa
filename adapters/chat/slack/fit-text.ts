import { escapeMrkdwn } from './escape-mrkdwn.ts';

const CUT = '… (cut)';

/** What a reader would obey instead of see: controls (but tab and line feed), and what turns the direction of writing. */
const UNSHOWABLE = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Makes any string safe to send: no half characters (they break form encoding), no controls, line feeds as `\n`. */
function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\r\n', '\n').replace(UNSHOWABLE, '\uFFFD');
}

/**
 * How much of Slack's limits a value takes. Slack does not say whether it counts before or after escaping, nor whether the
 * limit over all blocks counts their structure (bolt-js issues 2509 and 2867 say that it does): this is the largest count.
 */
export function costOf(value: unknown): number {
  return escapeMrkdwn(JSON.stringify(value)).length;
}

/** Cleans a text and cuts it so that it takes at most `max`; what was cut ends with `… (cut)`. */
export function fitText(text: string, max: number): string {
  // No character takes less than 1: what lies beyond `max` cannot fit, and need not be looked at.
  const head = cleanText(text.slice(0, max + 1));
  if (text.length <= max && costOf(head) - 2 <= max) return head;
  let room = max - CUT.length;
  let kept = '';
  for (const character of head) {
    room -= costOf(character) - 2;
    if (room < 0) break;
    kept += character;
  }
  return kept + CUT;
}

/** As `fitText`, with something to show in place of nothing: Slack refuses empty texts. */
export function fitOr(text: string, max: number, otherwise: string): string {
  const fitted = fitText(text, max);
  return fitted.trim() === '' ? otherwise : fitted;
}

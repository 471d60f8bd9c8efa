/**
 * Characters that steer a terminal or turn the direction of writing: they are shown as their number instead. So is the one that
 * stands for bytes that are no UTF-8: then a file whose bytes were spoilt cannot read the same.
 */
const STEERING = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu;

/**
 * Any text as one that every format can hold and give back the same: line feeds alone, nothing that steers, no half of a pair
 * of code units.
 */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n/g, '\n')
    .replace(STEERING, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** The same on one line. */
export function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** What a terminal or a reader's eye obeys, and JSON.stringify leaves as it is. */
const OBEYED = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** JSON that may be shown in a terminal: the same document, with what a terminal would obey escaped. */
export function jsonText(document: unknown, indent = 0): string {
  return JSON.stringify(document, null, indent).replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

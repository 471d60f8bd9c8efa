/** What a terminal or a reader's eye obeys instead of showing: controls but newlines, marks without width, what turns the direction of writing. */
const OBEYED = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Escape sequences and what else is obeyed as `\\x1b` or `\\u202e`, so that outside text cannot steer a terminal; newlines stay. */
export function visible(text: string): string {
  return text.toWellFormed().replace(OBEYED, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code > 0xffff) return `\\u{${hex}}`;
    return code > 0xff ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`;
  });
}

import { html } from 'hono/html';

/** What a template gives; escaped already. */
export type Markup = ReturnType<typeof html>;

const COLOUR = new RegExp(`${String.fromCodePoint(0x1b)}\\[[0-9;]*m`, 'g');
const KEPT = '\n\t\u200c\u200d';
const DIGEST = /(sha256:[0-9a-f]{64})/;

/**
 * Makes outside text fit to be seen: terminal colours go, what is invisible or turns the reading direction is named
 * (`␍`, `⟨U+202E⟩`), what is longer than `limit` characters is cut. Escaping is the template's.
 */
export function showText(text: string, limit = 4000): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}… (${text.length - limit} more characters)` : text;
  return cut.replace(COLOUR, '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    if (KEPT.includes(character)) return character;
    const point = character.codePointAt(0) ?? 0;
    return point < 0x20
      ? String.fromCodePoint(0x2400 + point)
      : `⟨U+${point.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** The same with whole digests in letters of one width, since they are compared letter by letter. */
export function showWithDigests(text: string, limit?: number): Markup {
  const pieces = showText(text, limit).split(DIGEST);
  return html`${pieces.map((piece, index) => (index % 2 === 1 ? html`<code class="digest">${piece}</code>` : piece))}`;
}

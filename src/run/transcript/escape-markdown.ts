import { plainText } from './plain-text.ts';

/** Escapes what Markdown or HTML could take for markup, a link, a mention or a list; line feeds become breaks. */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .trim()
    .replace(/[\\`*_{}[\]<>&#|~!$^]|@(?!sha256:)/g, (character) => ENTITIES[character] ?? `\\${character}`)
    .replace(/\b(https?|ftp|mailto|xmpp):/gi, '$1&#58;')
    .replace(/\bwww\./gi, (start) => `${start.slice(0, -1)}&#46;`)
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^[-+=]/, '\\$&')
    .replace(/[\t ]*\n\s*/g, '<br>');
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '@': '&#64;' };

/** A fenced block whose fence is longer than any run of backticks inside. */
export function codeBlock(text: string): string[] {
  const plain = plainText(text);
  const longest = Math.max(2, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, plain, fence];
}

import { plainText } from './plain-text.ts';

/** The one place where text becomes HTML in a transcript; safe in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

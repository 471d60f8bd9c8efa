/** Escape sequences and other control characters as `\\x1b`, so that outside text cannot steer a terminal; newlines stay. */
export function visible(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

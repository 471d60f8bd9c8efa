/** The text that is encoded in base64, of UTF-8; null when it is no base64. */
export function decodeBase64Text(text: string): string | null {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}

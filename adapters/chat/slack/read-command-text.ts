const LIMIT = 2000;

/** Undoes what Slack does to what a person types: links made of names with dots, and escapes. */
function unwrap(text: string): string {
  return text
    .replace(/<(?:https?:|mailto:)[^<>|]*\|([^<>]*)>/g, '$1')
    .replace(/<((?:https?:|mailto:)[^<>|]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** What a person typed after `/execfmt`. */
export function readCommandText(text: string): string {
  return unwrap(text.slice(0, LIMIT)).trim();
}

/** What a person typed after the first mention of the bot; the whole text when it is not mentioned in the usual form. */
export function readMentionText(text: string, botUser: string): string {
  const shown = text.slice(0, LIMIT);
  const mention = /<@([A-Z0-9]+)(?:\|[^<>]*)?>/g;
  for (const match of shown.matchAll(mention)) {
    if (match[1] === botUser) return unwrap(shown.slice(match.index + match[0].length)).trim();
  }
  return unwrap(shown).trim();
}

const LIMIT = 2000;

const NAMED: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** Undoes what Teams does to what a person types: mentions as tags, escapes, unbreakable spaces. */
function unwrap(text: string): string {
  return text
    .replace(/<\/?(?:at|p|div|span)\b[^<>]{0,200}>/g, ' ')
    .replace(/&(?:nbsp|lt|gt|quot|#39|amp);/g, (named) => NAMED[named] ?? named)
    .replace(/[ \t\u00a0]+/g, ' ')
    .trim();
}

/**
 * What a person typed after the first mention of the bot, as the message's entities give it (T7: trust these, not the text); the
 * whole text when it is not mentioned, as in a personal chat.
 */
export function readMentionText(text: string, mentions: readonly string[]): string {
  const shown = text.slice(0, LIMIT);
  const ends = mentions.flatMap((mention) => {
    const at = shown.indexOf(mention);
    return at < 0 || mention === '' ? [] : [at + mention.length];
  });
  const asked = unwrap(ends.length === 0 ? shown : shown.slice(Math.min(...ends)));
  // Typed by hand, or copied out of an answer.
  return asked.replace(/^@execfmt\b/i, '').trim();
}

/**
 * Untrusted text for a place where Teams reads Markdown (a card's `fallbackText`): no emphasis, link, list or tag in it is live
 * afterwards. The only escaping there is for Teams; everything else is sent as TextRun, which reads none (T14).
 */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&:@]/g, '\\$&');
}

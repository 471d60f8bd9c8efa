/**
 * Untrusted text for a place where Slack reads its own markup (top-level `text`, mrkdwn): no mention, link or command in it
 * is live afterwards. The only escaping there is for Slack; everything else is sent as plain_text or rich text.
 */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A message of Slack as plain text: `<url|label>`, `<@U…>`, `<#C…|name>`, `<!here>` and the three entities are written out. */
export function plainMrkdwn(text: string): string {
  return text
    .replace(/<([@#!]?)([^<>|]{1,3000})(?:\|([^<>]{0,3000}))?>/g, (_, sign: string, what: string, label = '') => {
      if (sign === '') return label === '' || label === what ? what : `${label} (${what})`;
      if (sign === '!') return label || `@${what.split('^')[0]}`;
      return `${sign}${label || what}`;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

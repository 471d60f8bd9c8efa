/** The Authorization header of a name and password (RFC 7617), in UTF-8. */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** The header for the login that stands in an address, `https://name:password@host`; none where none stands there. */
export function loginOf({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {};
  return { authorization: basicHeader(decodeURIComponent(username), decodeURIComponent(password)) };
}

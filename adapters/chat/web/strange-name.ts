import type { IncomingMessage } from 'node:http';
import { OWN_NAME } from './loopback-only.ts';

/**
 * Why a request to a page with sign-in is not answered, as a sentence, or null. With a `publicUrl` the page has that one name
 * (and those of this machine); any other may be an attacker's that resolves here. What asks for /healthz knows addresses only.
 */
export function strangeName({ headers, socket, url }: IncomingMessage, publicUrl: string | null): string | null {
  if (publicUrl === null || url === '/healthz') return null;
  const { host, origin } = new URL(publicUrl);
  const asked = (headers.host ?? '').toLowerCase();
  const own = OWN_NAME.exec(asked);
  if (asked === host || (own && Number(own[1] ?? 80) === socket.localPort)) return null;
  return `This page answers only under its own address. Open ${origin}/ (a proxy in front has to pass the Host header on).`;
}

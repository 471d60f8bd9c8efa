import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(address: string | undefined): boolean {
  const family = isIP(address ?? '');
  if (!address || family === 0) return false;
  return LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** The names under which a browser on this machine reaches it; any other name may be an attacker's that resolves here. */
export const OWN_NAME = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/i;

/** Why a request is not answered, as a sentence for the person at the browser, or null when it comes from this machine. */
export function refusalOf(request: IncomingMessage, listen: string): string | null {
  const { remoteAddress, localAddress, localPort } = request.socket;
  if (!isLoopback(remoteAddress) || !isLoopback(localAddress)) {
    // A probe of a program that listens elsewhere for the chats' deliveries; it learns nothing but that it runs.
    if (request.url === '/healthz' && !isLoopback(localAddress)) return null;
    return 'This page answers only on the machine that it runs on. Open it there, or forward the port with ssh.';
  }
  const name = OWN_NAME.exec(request.headers.host ?? '');
  if (!name || Number(name[1] ?? 80) !== localPort) {
    return `This page answers only under its own address. Open http://${listen}/ (behind ssh, forward the same port).`;
  }
  return null;
}

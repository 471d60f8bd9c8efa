import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../adapters/chat/web/loopback-only.ts';

function asked(
  remoteAddress: string | undefined,
  localAddress: string,
  host: string | undefined,
  url = '/',
): string | null {
  const request = { socket: { remoteAddress, localAddress, localPort: 3000 }, headers: { host }, url };
  return refusalOf(request as IncomingMessage, '127.0.0.1:3000');
}

describe('who is answered', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', '127.0.0.1:3000'],
    ['127.0.0.1', '127.0.0.1', 'LOCALHOST:3000'],
    ['::1', '::1', '[::1]:3000'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1', 'localhost:3000'],
  ])('answers %s at %s under %s', (remote, local, host) => expect(asked(remote, local, host)).toBeNull());

  it.each([
    ['10.0.0.5', '10.0.0.12', '127.0.0.1:3000'],
    ['10.0.0.5', '127.0.0.1', '127.0.0.1:3000'],
    ['127.0.0.1', '10.0.0.12', '127.0.0.1:3000'],
    ['::ffff:10.0.0.5', '::1', '127.0.0.1:3000'],
    ['fe80::1', '::1', '[::1]:3000'],
    [undefined, '127.0.0.1', '127.0.0.1:3000'],
  ])('refuses %s at %s', (remote, local, host) => expect(asked(remote, local, host)).toContain('on the machine'));

  it('tells a probe from elsewhere that it runs, and nothing else', () => {
    expect(asked('10.0.0.5', '10.0.0.12', '10.0.0.12:3000', '/healthz')).toBeNull();
    expect(asked('10.0.0.5', '127.0.0.1', '127.0.0.1:3000', '/healthz')).toContain('on the machine');
    for (const url of ['/healthz/', '/healthz?x', '/', '/runs', '//healthz'])
      expect(asked('10.0.0.5', '10.0.0.12', '10.0.0.12:3000', url), url).toContain('on the machine');
    expect(asked('127.0.0.1', '127.0.0.1', 'evil.example:3000', '/healthz')).toContain('own address');
  });

  it.each([
    'evil.example:3000',
    'localhost.evil.example:3000',
    '127.0.0.1:3001',
    'localhost',
    '127.0.0.1:3000.evil.example',
    'user@localhost:3000',
    undefined,
  ])('refuses the name %s and says the right one', (host) =>
    expect(asked('127.0.0.1', '127.0.0.1', host)).toContain('http://127.0.0.1:3000/'),
  );
});

import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSigningKeys } from '../../../adapters/chat/teams/signing-keys.ts';
import { createClock } from './start-chat.ts';

const pairs = {
  old: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  next: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
type Name = keyof typeof pairs;

let published: Name[] = [];
let status = 200;
let asked = 0;
const server = createServer((req, res) => {
  asked += req.url === '/keys' ? 1 : 0;
  const keys = published.map((kid) => ({ ...pairs[kid].publicKey.export({ format: 'jwk' }), kid }));
  const body = req.url === '/keys' ? { keys: [...keys, { kty: 'EC', kid: 'other' }] } : { jwks_uri: `${base()}/keys` };
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeEach(async () => {
  [published, status, asked] = [['old'], 200, 0];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
function header(kid: string, by: Name) {
  const text = `${encode({ alg: 'RS256', kid })}.${encode({ iss: 'x' })}`;
  return `Bearer ${text}.${sign('sha256', Buffer.from(text), pairs[by].privateKey).toString('base64url')}`;
}

it('takes what is signed by the key that it names, and nothing else', async () => {
  const { clock } = createClock();
  const keys = createSigningKeys(`${base()}/openid`, clock);
  expect(await keys.isSigned(header('old', 'old'))).toBe(true);
  expect(await keys.isSigned(header('old', 'next'))).toBe(false);
  expect(await keys.isSigned(header('other', 'old'))).toBe(false);
  expect(asked).toBe(1);
});

it('finds a new key after some minutes, and asks for it once, and forgets an old one within a day', async () => {
  const { clock } = createClock();
  const keys = createSigningKeys(`${base()}/openid`, clock);
  await keys.isSigned(header('old', 'old'));
  published = ['next'];
  expect(await keys.isSigned(header('next', 'next'))).toBe(false);
  await clock.sleep(5 * 60_000);
  expect(await Promise.all([1, 2, 3].map(() => keys.isSigned(header('next', 'next'))))).toEqual([true, true, true]);
  expect(asked).toBe(2);
  published = [];
  await clock.sleep(24 * 60 * 60_000);
  expect(await keys.isSigned(header('next', 'next'))).toBe(false);
});

it('says that the keys cannot be had', async () => {
  status = 503;
  const keys = createSigningKeys(`${base()}/openid`, createClock().clock);
  await expect(keys.isSigned(header('old', 'old'))).rejects.toMatchObject({ name: 'KeysUnavailable' });
  status = 200;
  expect(await keys.isSigned(header('old', 'old'))).toBe(true);
});

import { describe, expect, it } from 'vitest';
import { guardedLookup, isLoopbackName, mayReach, REFUSED_ADDRESS } from '../../adapters/http/reachable-address.ts';

const STRICT = { loopback: false, linkLocal: false };

describe('mayReach', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '::1',
    '[::1]',
    '::',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ])('%s is loopback', (address) => {
    expect(mayReach(address, STRICT)).toBe(false);
    expect(mayReach(address, { ...STRICT, loopback: true })).toBe(true);
  });
  it.each([
    '169.254.169.254',
    'fe80::1%eth0',
    'febf::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    '100.100.100.200',
    '168.63.129.16',
    '::ffff:169.254.1.1',
    '::ffff:6464:64c8',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '::ffff:0:a9fe:a9fe',
    '::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'metadata.google.internal',
    'Metadata.Google.Internal.',
    'instance-data',
  ])('%s is link-local', (address) => {
    expect(mayReach(address, { loopback: true, linkLocal: false })).toBe(false);
    expect(mayReach(address, { ...STRICT, linkLocal: true })).toBe(true);
  });
  it.each([
    '10.0.0.1',
    '192.168.1.1',
    'fd00::1',
    '8.8.8.8',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::1',
    '100.100.100.201',
    'registry.corp.io',
    'metadata.corp.io',
  ])('%s may be reached', (address) => {
    expect(mayReach(address, STRICT)).toBe(true);
  });
});

describe('other spellings of an address', () => {
  it.each(['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '0xa9.254.43518', '169.254.169.254.', '①⑥⑨.254.169.254'])(
    '%s is the metadata service when it stands in a URL',
    (host) => {
      expect(mayReach(new URL(`http://${host}/`).hostname, { loopback: true, linkLocal: false })).toBe(false);
    },
  );
  it.each(['0', '127.1', '0x7f000001', '017700000001', '2130706433'])('%s is this machine', (host) => {
    expect(mayReach(new URL(`http://${host}/`).hostname, STRICT)).toBe(false);
  });
});

describe('isLoopbackName', () => {
  it.each(['localhost', 'x.localhost', '127.0.0.1', '[::1]'])('%s is', (name) => {
    expect(isLoopbackName(name)).toBe(true);
  });
  it.each(['localhost.corp.io', '10.0.0.1', 'registry'])('%s is not', (name) => {
    expect(isLoopbackName(name)).toBe(false);
  });
});

describe('guardedLookup', () => {
  const find = (loopback: boolean, all: boolean) =>
    new Promise((resolve) => {
      guardedLookup({ loopback, linkLocal: false })('localhost', { all }, (error, found) =>
        resolve(error?.code ?? found),
      );
    });

  it('gives no address that must not be reached, though the name leads there', async () => {
    expect(await find(false, true)).toBe(REFUSED_ADDRESS);
    expect(await find(false, false)).toBe(REFUSED_ADDRESS);
  });
  it('gives the others in either form', async () => {
    expect(await find(true, true)).toContainEqual(
      expect.objectContaining({ address: expect.stringMatching(/^(127|::1)/) }),
    );
    expect(await find(true, false)).toMatch(/^(127|::1)/);
  });
});

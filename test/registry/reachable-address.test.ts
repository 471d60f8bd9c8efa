import { describe, expect, it } from 'vitest';
import {
  guardedLookup,
  isLoopbackName,
  mayReach,
  REFUSED_ADDRESS,
} from '../../adapters/registry/oci/reachable-address.ts';

const STRICT = { loopback: false, linkLocal: false };

describe('mayReach', () => {
  it.each(['127.0.0.1', '127.9.9.9', '0.0.0.0', '::1', '[::1]', '::', '::ffff:127.0.0.1'])(
    '%s is loopback',
    (address) => {
      expect(mayReach(address, STRICT)).toBe(false);
      expect(mayReach(address, { ...STRICT, loopback: true })).toBe(true);
    },
  );
  it.each(['169.254.169.254', 'fe80::1%eth0', 'fd00:ec2::254', '::ffff:169.254.1.1'])('%s is link-local', (address) => {
    expect(mayReach(address, { loopback: true, linkLocal: false })).toBe(false);
    expect(mayReach(address, { ...STRICT, linkLocal: true })).toBe(true);
  });
  it.each(['10.0.0.1', '192.168.1.1', 'fd00::1', '8.8.8.8', 'registry.corp.io'])('%s may be reached', (address) => {
    expect(mayReach(address, STRICT)).toBe(true);
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

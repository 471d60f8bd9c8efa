import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addSubnet('0.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');

/** Link-local addresses, and the metadata services of clouds that lie elsewhere (AWS over IPv6, Alibaba, Oracle). */
const METADATA = new BlockList();
METADATA.addSubnet('169.254.0.0', 16, 'ipv4');
METADATA.addSubnet('fe80::', 10, 'ipv6');
METADATA.addAddress('fd00:ec2::254', 'ipv6');
METADATA.addAddress('100.100.100.200', 'ipv4');
METADATA.addAddress('192.0.0.192', 'ipv4');

/** The code of the error that a refused address gives. */
export const REFUSED_ADDRESS = 'EXECFMT_REFUSED_ADDRESS';

/** Whether a URL's host name says by itself that it is this machine. */
export function isLoopbackName(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || inList(LOOPBACK, plain(name));
}

/** Whether a redirect may lead to an address; to this machine only when GitHub itself is on it. */
export function mayReach(address: string, loopback: boolean): boolean {
  const bare = plain(address);
  return (loopback || !inList(LOOPBACK, bare)) && !inList(METADATA, bare);
}

/** A look-up for sockets that gives only addresses that may be reached, whatever a name is pointed at meanwhile. */
export function guardedLookup(loopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [], undefined);
      const allowed = addresses.filter(({ address }) => mayReach(address, loopback));
      const [first] = allowed;
      if (first === undefined) return callback(refusedAddress(hostname), [], undefined);
      if (options.all) return callback(null, allowed, undefined);
      return callback(null, first.address, first.family);
    });
  };
}

/** The error of an address that must not be connected to. */
export function refusedAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is an address that must not be reached`), { code: REFUSED_ADDRESS });
}

const plain = (address: string) => address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');

function inList(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

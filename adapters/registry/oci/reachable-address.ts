import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Which special addresses a connection may lead to. Private networks always may: registries live there. */
export interface Reach {
  readonly loopback: boolean;
  /** Link-local addresses, among them the metadata services of clouds, which hand out credentials. */
  readonly linkLocal: boolean;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addSubnet('0.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');

const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6');
// Metadata services outside the link-local range: AWS over IPv6, Alibaba, Oracle.
LINK_LOCAL.addAddress('fd00:ec2::254', 'ipv6');
LINK_LOCAL.addAddress('100.100.100.200', 'ipv4');
LINK_LOCAL.addAddress('192.0.0.192', 'ipv4');

/** The code of the error that a refused address gives. */
export const REFUSED_ADDRESS = 'EXECFMT_REFUSED_ADDRESS';

/** Whether a URL's host name says by itself that it is this machine. */
export function isLoopbackName(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || inList(LOOPBACK, name);
}

/** Whether an address may be connected to. */
export function mayReach(address: string, reach: Reach): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!reach.loopback && inList(LOOPBACK, plain)) return false;
  return reach.linkLocal || !inList(LINK_LOCAL, plain);
}

/**
 * A look-up for sockets that gives only addresses that may be reached, so that a name cannot be pointed at a forbidden
 * address between a check and the connection.
 */
export function guardedLookup(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [], undefined);
      const allowed = addresses.filter((found) => mayReach(found.address, reach));
      const first: LookupAddress | undefined = allowed[0];
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

function inList(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Which special addresses a connection may lead to. Private networks always may: registries live there. */
export interface Reach {
  readonly loopback: boolean;
  /** Link-local addresses, among them the metadata services of clouds, which hand out credentials. */
  readonly linkLocal: boolean;
}

/**
 * Ways to write an IPv4 address as an IPv6 one that a gateway or the system turns back: NAT64 (RFC 6052, RFC 8215), SIIT
 * (RFC 7915) and IPv4-compatible (RFC 4291, 2.5.5.1). The IPv4-mapped form is known to BlockList.
 */
const EMBEDDINGS = ['64:ff9b::', '64:ff9b:1::', '::ffff:0:', '::'];

function addEverywhere(list: BlockList, address: string, prefix: number): void {
  list.addSubnet(address, prefix, 'ipv4');
  for (const before of EMBEDDINGS) list.addSubnet(`${before}${address}`, 96 + prefix, 'ipv6');
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  // 6to4 (RFC 3056) has it right behind its own first 16 bits.
  list.addSubnet(`2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`, 16 + prefix, 'ipv6');
}

const LOOPBACK = new BlockList();
addEverywhere(LOOPBACK, '127.0.0.0', 8);
addEverywhere(LOOPBACK, '0.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');

const LINK_LOCAL = new BlockList();
addEverywhere(LINK_LOCAL, '169.254.0.0', 16);
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6');
// Metadata services outside the link-local range: Alibaba, Oracle, Azure; AWS, Google and Scaleway over IPv6.
for (const address of ['100.100.100.200', '192.0.0.192', '168.63.129.16']) addEverywhere(LINK_LOCAL, address, 32);
for (const address of ['fd00:ec2::254', 'fd20:ce::254', 'fd00:42::42']) LINK_LOCAL.addAddress(address, 'ipv6');

/** Names of metadata services, whatever address they have behind a proxy or a resolver of their cloud. */
const METADATA_NAMES = [
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
];

/** The code of the error that a refused address gives. */
export const REFUSED_ADDRESS = 'EXECFMT_REFUSED_ADDRESS';

/** Whether a URL's host name says by itself that it is this machine. */
export function isLoopbackName(hostname: string): boolean {
  const name = nameOf(hostname.replace(/^\[|\]$/g, ''));
  return name === 'localhost' || name.endsWith('.localhost') || inList(LOOPBACK, name);
}

/** Whether an address, or a name before it is looked up, may be connected to. */
export function mayReach(address: string, reach: Reach): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!reach.loopback && inList(LOOPBACK, plain)) return false;
  return reach.linkLocal || !(inList(LINK_LOCAL, plain) || METADATA_NAMES.includes(nameOf(plain)));
}

const nameOf = (hostname: string): string => hostname.toLowerCase().replace(/\.$/, '');

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

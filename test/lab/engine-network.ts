import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

/** The part of 172.16.0.0/12 that one engine has for itself: a bridge with the first /24, the rest for networks made by tests. */
export interface EngineNetwork {
  /** Name of the bridge; made from the pool, so that the kernel lets only one engine have it. */
  readonly bridge: string;
  /** A /20 in CIDR notation. */
  readonly pool: string;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Runs iproute2; null when it refused. */
function ip(...args: string[]): string | null {
  const { status, stdout } = spawnSync('ip', args, { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout : null;
}

function rangeOf(cidr: string): Range {
  const [address = '', bits = '32'] = cidr.split('/');
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

const overlap = (one: Range, other: Range) => one.first <= other.last && other.first <= one.last;

interface Interface {
  readonly ifname: string;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number }[];
}

const interfaces = () =>
  (JSON.parse(ip('-j', '-4', 'address') ?? '[]') as Interface[]).flatMap(({ ifname, addr_info }) =>
    addr_info.map(({ local, prefixlen }) => ({ name: ifname, range: rangeOf(`${local}/${prefixlen}`) })),
  );

const routes = () =>
  (JSON.parse(ip('-j', '-4', 'route') ?? '[]') as { dst: string }[])
    .filter(({ dst }) => dst !== 'default')
    .map(({ dst }) => rangeOf(dst));

/**
 * Takes a part that nobody uses and makes its bridge. `ip link add` is the lock between engines that start at the same
 * time: it refuses a name that is there.
 */
export function claimNetwork(): EngineNetwork {
  const taken = [...interfaces().map(({ range }) => range), ...routes()];
  const offset = randomInt(256);
  for (let turn = 0; turn < 256; turn++) {
    const part = (offset + turn) % 256;
    const [second, third] = [16 + (part >> 4), (part & 15) << 4];
    const network = { bridge: `execfmt-${second}-${third}`, pool: `172.${second}.${third}.0/20` };
    if (taken.some((range) => overlap(range, rangeOf(network.pool)))) continue;
    if (ip('link', 'add', network.bridge, 'type', 'bridge') === null) continue;
    ip('address', 'add', `172.${second}.${third}.1/24`, 'dev', network.bridge);
    ip('link', 'set', network.bridge, 'up');
    return network;
  }
  throw new Error('No bridge could be made: no /20 of 172.16.0.0/12 is free, or `ip link add` is not permitted here.');
}

/** Deletes the bridge, and those of networks that tests made: every interface with an address of the pool. */
export function releaseNetwork({ bridge, pool }: EngineNetwork): void {
  const range = rangeOf(pool);
  for (const found of interfaces()) if (overlap(found.range, range)) ip('link', 'delete', found.name);
  ip('link', 'delete', bridge);
}

import { isIPv6 } from 'node:net';
import type { Clock } from '../../../src/ports/clock.ts';
import { BoundedMap } from './bounded-map.ts';

const WINDOW_MS = 60_000;
const ALLOWED = 10;
const ADDRESSES = 1000;

/** Counts wrong tokens by where they came from: ten in a minute, then nothing is looked at until the first is a minute old. */
export class WrongTokens {
  readonly #clock: Clock;
  readonly #times = new BoundedMap<readonly number[]>(ADDRESSES);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whole seconds until the next try from there is looked at; 0 for now. */
  secondsToWait(address: string): number {
    const recent = this.#recent(address);
    const first = recent.at(-ALLOWED);
    return first === undefined ? 0 : Math.ceil((first + WINDOW_MS - this.#clock.monotonic()) / 1000);
  }

  note(address: string): void {
    this.#times.set(networkOf(address), [...this.#recent(address), this.#clock.monotonic()].slice(-ALLOWED));
  }

  #recent(address: string): readonly number[] {
    const since = this.#clock.monotonic() - WINDOW_MS;
    return (this.#times.get(networkOf(address)) ?? []).filter((at) => at > since);
  }
}

/** Whoever has one IPv6 address has the 2^64 beside it too. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [front = '', back = ''] = address.split('::');
  const given = front === '' ? [] : front.split(':');
  const behind = address.includes('::') && back !== '' ? back.split(':') : [];
  const gap = address.includes('::') ? Array(Math.max(0, 8 - given.length - behind.length)).fill('0') : [];
  return [...given, ...gap, ...behind].slice(0, 4).join(':');
}

/** Choices that are the same in every run with the same seed. */
export interface Dice {
  /** A whole number from 0 up to, but not including, `limit`. */
  readonly below: (limit: number) => number;
  readonly of: <T>(list: readonly T[]) => T;
  readonly percent: (chance: number) => boolean;
}

/** The generator mulberry32, which passes the usual tests of randomness and needs 32 bits of state. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    of: (list) => list[below(list.length)]!,
    percent: (chance) => below(100) < chance,
  };
}

/** Gives a number from 0 to `below` - 1. */
export type Pick = (below: number) => number;

/** mulberry32: small, and good enough that neighbouring seeds do not resemble each other. */
export function generator(seed: number): Pick {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** One of them; each as likely as the others. */
export const one = <T>(pick: Pick, of: readonly T[]): T => of[pick(of.length)] as T;

/** True in so many of a hundred times. */
export const chance = (pick: Pick, percent: number): boolean => pick(100) < percent;

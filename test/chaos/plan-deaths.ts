import type { Dice } from '../kernels/dice.ts';
import type { Health } from './chaos-stage.ts';
import type { Kill } from './killable-serve.ts';

/** One service to be repaired, and how the processes die that repair it, in turn. */
export interface Death {
  readonly health: Health;
  readonly kills: readonly Kill[];
}

/** How often a process comes to a point at which it can be killed, from the approval to the end. */
export type Points = Readonly<Record<Health, number>>;

/** About as long as an action takes from its approval on, in milliseconds. */
const LONGEST_MS = 4_000;

/**
 * As many kills as asked for: half of them at every point in turn (spread evenly where they are fewer than the points, each
 * once where they are more), the others at any time; some kill the process that came after, too.
 */
export function planDeaths(points: Points, kills: number, chance: Dice): readonly Death[] {
  const exact = everyPoint(points, Math.ceil(kills / 2));
  const deaths = [...exact];
  for (let killed = exact.length; killed < kills; ) {
    const health: Health = chance.percent(70) ? 'recovers' : 'stays unhealthy';
    const first: Kill = { at: 'time', ms: chance.below(LONGEST_MS) };
    const again: Kill[] = chance.percent(40) ? [{ at: 'commit', n: 1 + chance.below(points[health]) }] : [];
    deaths.push({ health, kills: [first, ...again] });
    killed += 1 + again.length;
  }
  return deaths;
}

function everyPoint(points: Points, most: number): Death[] {
  const all = (['recovers', 'stays unhealthy'] as const).flatMap((health) =>
    Array.from({ length: points[health] }, (_, at): Death => ({ health, kills: [{ at: 'commit', n: at + 1 }] })),
  );
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]).filter(
    (death) => death !== undefined,
  );
}

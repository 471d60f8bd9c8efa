const WINDOWS = [
  [7, 1000],
  [8, 2000],
  [60, 30_000],
  [1800, 3_600_000],
] as const;

/**
 * Teams' limits for a bot in one thread (T13). Gives the seconds to wait when a message comes too soon, else null. A message while
 * it was told to wait is counted in `disobeyed`.
 */
export function createRates(now: () => number) {
  const threads = new Map<string, number[]>();
  const waits = new Map<string, number>();
  const rates = { disobeyed: 0, tooSoon };
  return rates;

  function tooSoon(thread: string): number | null {
    const times = threads.get(thread) ?? [];
    threads.set(thread, times);
    const at = now();
    if (at < (waits.get(thread) ?? 0)) rates.disobeyed += 1;
    for (const [most, within] of WINDOWS) {
      const oldest = times[times.length - most];
      if (oldest === undefined || oldest + within <= at) continue;
      const seconds = Math.ceil((oldest + within - at) / 1000);
      waits.set(thread, at + seconds * 1000);
      return seconds;
    }
    times.push(at);
    return null;
  }
}

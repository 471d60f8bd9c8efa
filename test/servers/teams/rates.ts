const WINDOWS = [
  [7, 1000],
  [8, 2000],
  [60, 30_000],
  [1800, 3_600_000],
] as const;

/** Teams' limits for a bot in one thread (T13). Gives the seconds to wait when a message comes too soon, else null. */
export function createRates(now: () => number) {
  const threads = new Map<string, number[]>();
  return (thread: string): number | null => {
    const times = threads.get(thread) ?? [];
    threads.set(thread, times);
    const at = now();
    for (const [most, within] of WINDOWS) {
      const oldest = times[times.length - most];
      if (oldest !== undefined && oldest + within > at) return Math.ceil((oldest + within - at) / 1000);
    }
    times.push(at);
    return null;
  };
}

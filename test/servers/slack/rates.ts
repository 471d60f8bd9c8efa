/** What a method may be called, per channel or in the whole workspace (S16): so many at once, and how long until one more. */
const LIMITS: Readonly<
  Record<
    string,
    { readonly burst: number; readonly everyMs: number; readonly perChannel: boolean; readonly bucket?: true }
  >
> = {
  'chat.postMessage': { burst: 10, everyMs: 1_000, perChannel: true, bucket: true },
  'chat.update': { burst: 50, everyMs: 60_000 / 50, perChannel: false },
  'conversations.replies': { burst: 50, everyMs: 60_000 / 50, perChannel: false },
};

/**
 * Slack's limits: about a message a second in a channel with small bursts, as a bucket; the tiers as sliding windows, which are
 * stricter than buckets. Gives the seconds to wait when a call comes too soon, else null. A call while it was told to wait is counted in `disobeyed`.
 */
export function createRates(now: () => number) {
  const taken = new Map<string, number[]>();
  const waits = new Map<string, number>();
  const buckets = new Map<string, number>();
  const untilFree = (key: string, { burst, everyMs, bucket }: (typeof LIMITS)[string], at: number): number => {
    if (bucket) return (buckets.get(key) ?? at) - (burst - 1) * everyMs - at;
    const times = (taken.get(key) ?? []).filter((time) => time > at - burst * everyMs);
    taken.set(key, times);
    const oldest = times[times.length - burst];
    return oldest === undefined ? 0 : oldest + burst * everyMs - at;
  };
  const rates = {
    refused: 0,
    disobeyed: 0,
    tooSoon(method: string, channel: unknown): number | null {
      const limit = LIMITS[method];
      if (limit === undefined) return null;
      const key = limit.perChannel ? `${method} ${String(channel)}` : method;
      const at = now();
      if (at < (waits.get(key) ?? 0)) rates.disobeyed += 1;
      const wait = untilFree(key, limit, at);
      if (wait <= 0) {
        buckets.set(key, Math.max(buckets.get(key) ?? at, at) + limit.everyMs);
        if (!limit.bucket) taken.get(key)?.push(at);
        return null;
      }
      rates.refused += 1;
      const seconds = Math.ceil(wait / 1_000);
      waits.set(key, at + seconds * 1_000);
      return seconds;
    },
  };
  return rates;
}

import type { Reply } from './exchange.ts';

/** How many pulls a registry allows, as Docker Hub tells by its headers. */
export interface Quota {
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly windowSeconds: number | null;
  /** An address or the id of an account, whose pulls are counted together. */
  readonly source: string | null;
}

/** Reads `ratelimit-limit` and `ratelimit-remaining` (`100;w=21600`) and `docker-ratelimit-source`; null when there is none of them. */
export function quotaOf(headers: Reply['headers']): Quota | null {
  const limit = counted(headers['ratelimit-limit']);
  const remaining = counted(headers['ratelimit-remaining']);
  const source = headers['docker-ratelimit-source'];
  if (limit === null && remaining === null) return null;
  return {
    limit: limit?.count ?? null,
    remaining: remaining?.count ?? null,
    windowSeconds: limit?.windowSeconds ?? remaining?.windowSeconds ?? null,
    source: typeof source === 'string' && /^[\w.:-]{1,64}$/.test(source) ? source : null,
  };
}

/** `it allows 100 pulls in 6 hours, 0 are left, counted for 192.0.2.7` */
export function describeQuota({ limit, remaining, windowSeconds, source }: Quota): string {
  const parts = [
    limit !== null && `it allows ${limit} pulls${windowSeconds === null ? '' : ` in ${timeOf(windowSeconds)}`}`,
    remaining !== null && `${remaining} are left`,
    source !== null && `counted for ${source}`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

function counted(header: string | readonly string[] | undefined) {
  const match = /^\s*(\d{1,9})\s*(?:;\s*w=(\d{1,9}))?/.exec(typeof header === 'string' ? header : '');
  if (match === null) return null;
  return { count: Number(match[1]), windowSeconds: match[2] === undefined ? null : Number(match[2]) };
}

function timeOf(seconds: number): string {
  if (seconds >= 7200) return `${Math.round(seconds / 3600)} hours`;
  return seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
}

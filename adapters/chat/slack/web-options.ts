import type { WebClientOptions } from '@slack/web-api';
import { createBoundedFetch } from './bounded-fetch.ts';

const CALL_MS = 10_000;

/**
 * Options for each of Slack's clients; made anew for each, because Socket Mode's changes them. Retries are ours: the client's
 * post twice after a 500 that had committed, and hold up every call after a 429 (S33).
 */
export function createWebOptions(apiUrl: string | null): WebClientOptions {
  return {
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_MS,
    fetch: createBoundedFetch(CALL_MS),
  };
}

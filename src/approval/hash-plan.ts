import type { UnsealedPlan } from './plan.ts';

/**
 * The hash that binds an approval to a plan: SHA-256 over its canonical JSON (keys sorted), so that a plan that differs in
 * anything has another one.
 */
export function hashPlan(plan: UnsealedPlan, sha256: (text: string) => string): string {
  return sha256(canonical(plan));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([key, part]) => key !== 'hash' && part !== undefined);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

import { canonicalJson } from './canonical-json.ts';
import type { UnsealedPlan } from './plan.ts';

/**
 * The hash that binds an approval to a plan: SHA-256 over its canonical JSON, without the hash itself, so that a plan that
 * differs in anything has another one.
 */
export function hashPlan(plan: UnsealedPlan, sha256: (text: string) => string): string {
  return sha256(canonicalJson({ ...plan, hash: undefined }));
}

/**
 * The key of the event that decides a plan: declined, withdrawn, void, expired, or started. A key stands once in a run, so of several at the same
 * moment exactly one counts.
 */
export function decisionKey(plan: string): string {
  return `decided:${plan}`;
}

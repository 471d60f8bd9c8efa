import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until there is an answer. After `ms` milliseconds it rejects, with what was waited for and what
 * `evidence` has to say (the last lines of a log).
 */
export async function waitFor<T>(
  what: string,
  ms: number,
  ask: () => Promise<T | null | undefined>,
  evidence: () => string = () => '',
): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`Waited ${ms} ms for ${what}, in vain.\n${evidence()}`);
    await sleep(100);
  }
}

/** The last 20 lines of a file, for an error message; empty when it cannot be read. */
export function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
  } catch {
    return '';
  }
}

import { errnoFromText } from '../kernel/errno-from-text.ts';
import type { ErrnoName } from '../kernel/outcome.ts';
import type { InstanceFacts, LogTail } from './evidence.ts';

/** How an instance fails, read off its state and its log. */
export interface Symptom {
  readonly kind: 'running' | 'refused' | 'ended' | 'not-started' | 'unknown';
  /** Of `refused`: what the runtime reported. */
  readonly errno: ErrnoName | null;
  /** The line or state text that says it; null when nothing does. */
  readonly quote: string | null;
}

/** Newest lines that may be the runtime's own; older ones belong to earlier lives of the container. */
const LAST_LINES = 20;

/** A process that has lived this long after a restart was executed. */
const STABLE_MS = 5_000;

/**
 * Reads the symptom. The runtime's own words count, wherever Docker keeps them: `State.Error` when the look-up failed
 * before the start, the log when execve(2) failed after it (`docs/kernel.md`, "What runc and Docker make of it").
 */
export function readSymptom(instance: InstanceFacts, log: LogTail | null, at: Date): Symptom {
  const { state } = instance;
  if (isStable(instance, at)) return { kind: 'running', errno: null, quote: null };
  for (const text of [state.error, ...(log?.lines.slice(-LAST_LINES).reverse() ?? [])]) {
    const refusal = text ? errnoFromText(text) : null;
    if (refusal) return { kind: 'refused', errno: refusal.errno, quote: text };
  }
  if (state.status === 'created') return { kind: 'not-started', errno: null, quote: state.error || null };
  if (state.exitCode !== null && state.status !== 'running') return { kind: 'ended', errno: null, quote: null };
  return { kind: 'unknown', errno: null, quote: null };
}

/** Running, and not merely between two restarts of a loop: a start that fails is over within milliseconds. */
function isStable({ state }: InstanceFacts, at: Date): boolean {
  if (state.status !== 'running') return false;
  if (state.restartCount === 0 || !state.startedAt) return true;
  return at.getTime() - Date.parse(state.startedAt) >= STABLE_MS;
}

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

/** A process that has lived this long after a restart was executed. */
const STABLE_MS = 5_000;

/**
 * Reads the symptom. The runtime's own words count, wherever Docker keeps them: `State.Error` when the look-up failed
 * before the start, the log when execve(2) failed after it (`docs/kernel.md`, "What runc and Docker make of it").
 */
export function readSymptom(instance: InstanceFacts, log: LogTail | null, at: Date): Symptom {
  const { state } = instance;
  if (isStable(instance, at)) return { kind: 'running', errno: null, quote: null };
  const refusal = readRefusal(instance, log);
  if (refusal) return refusal;
  if (state.status === 'created') return { kind: 'not-started', errno: null, quote: state.error || null };
  if (state.exitCode !== null && state.status !== 'running') return { kind: 'ended', errno: null, quote: null };
  return { kind: 'unknown', errno: null, quote: null };
}

/**
 * What the runtime itself says. After a refusal nobody writes any more, so in a log only the last line can be its word; it
 * names the file that the container executes, and leaves one of the statuses of a refusal. What merely quotes the error, or
 * stems from an earlier life, is something else.
 */
function readRefusal(instance: InstanceFacts, log: LogTail | null): Symptom | null {
  const { state, argv } = instance;
  const told = state.error ? errnoFromText(state.error) : null;
  if (told) return { kind: 'refused', errno: told.errno, quote: state.error };
  const last = log?.lines.findLast((line) => line.trim() !== '') ?? '';
  const logged = errnoFromText(last);
  if (!logged || !isOwn(logged.file, argv[0] ?? '')) return null;
  const ended = state.status === 'exited' || state.status === 'dead';
  if (ended && state.exitCode !== null && !REFUSAL_STATUSES.includes(state.exitCode)) return null;
  return { kind: 'refused', errno: logged.errno, quote: last };
}

/** Statuses that a refused execve(2) leaves: runc 1 and from 1.2 on 255; crun, Docker and init processes 126 and 127. */
export const REFUSAL_STATUSES: readonly number[] = [1, 126, 127, 255];

/** A runtime names the file as it found it in PATH. */
function isOwn(file: string | null, argv0: string): boolean {
  const name = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  return file === null || argv0 === '' || file === argv0 || name(file) === name(argv0);
}

/** Running, and not merely between two restarts of a loop: a start that fails is over within milliseconds. */
function isStable({ state }: InstanceFacts, at: Date): boolean {
  if (state.status !== 'running') return false;
  if (state.restartCount === 0 || !state.startedAt) return true;
  return at.getTime() - Date.parse(state.startedAt) >= STABLE_MS;
}

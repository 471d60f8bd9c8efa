import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'execfmt-lab';

/** The environment variable that tells the test files' processes where the run has its folder. */
export const RUN_FOLDER = 'EXECFMT_LAB_RUN';

/** A process as it can be found again: the same pid with another start time (clock ticks since boot) is another process. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string;
}

/** The fields of /proc/PID/stat from the third (proc_pid_stat(5)); the second, the name, may hold anything. Null when there is no such process. */
export function processFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** The mark of a living process, or null. */
export function markOf(pid: number): ProcessMark | null {
  const fields = processFields(pid);
  return fields === null ? null : { pid, started: fields[19] ?? '' };
}

/** Whether exactly that process still lives; a zombie is dead, whoever has not yet waited for it. */
export function isAlive({ pid, started }: ProcessMark): boolean {
  const fields = processFields(pid);
  return fields !== null && fields[19] === started && fields[0] !== 'Z' && fields[0] !== 'X';
}

/**
 * A new temporary folder whose name says which process it belongs to, so that a later run can tell what a killed one
 * left. `kind` is lower-case letters.
 */
export function createLabFolder(kind: string): string {
  const owner = markOf(process.pid);
  if (owner === null) throw new Error('/proc is not mounted: the lab needs Linux with /proc.');
  return mkdtempSync(join(tmpdir(), `${PREFIX}-${kind}-${owner.pid}-${owner.started}-`));
}

/**
 * A temporary folder for what a test file starts. It lies in the run's folder, when there is one, and so goes with the
 * run also when a signal ends it.
 */
export function createScratchFolder(kind: string): string {
  const run = process.env[RUN_FOLDER];
  return run === undefined ? createLabFolder(kind) : mkdtempSync(join(run, `${kind}-`));
}

/** Removes such a folder; tries again while dying processes still write into it. */
export function removeLabFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** The folders of this kind whose owner is dead. */
export function abandonedFolders(kind: string): string[] {
  const name = new RegExp(`^${PREFIX}-${kind}-(\\d+)-(\\d+)-`);
  return readdirSync(tmpdir()).flatMap((entry) => {
    const [, pid, started] = name.exec(entry) ?? [];
    if (pid === undefined || started === undefined || isAlive({ pid: Number(pid), started })) return [];
    return [join(tmpdir(), entry)];
  });
}

import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, as another one that uses the same file can know it. */
export interface ProcessMark {
  /** Unique for ever: separates a process from an earlier one that had its id. */
  readonly started: string;
  readonly pid: number;
  /** Where `pid` means something: the machine and its space of process ids (containers have their own). */
  readonly machine: string;
}

export const thisProcess: ProcessMark = {
  started: randomUUID(),
  pid: process.pid,
  machine: `${hostname()} ${processSpace()}`,
};

/** Whether a process is certainly gone: it was on this machine, and is not there any more. After kill -9 nobody waits for it. */
export function isGone({ started, pid, machine }: ProcessMark): boolean {
  if (machine !== thisProcess.machine || started === thisProcess.started) return false;
  if (pid === thisProcess.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** The kernel's name for this process's space of process ids (pid_namespaces(7)); empty where there is none. */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

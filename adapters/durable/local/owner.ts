import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who runs a workflow: one engine in one process of one machine. */
export interface Owner {
  /** Unique for ever; one for each engine. */
  readonly id: string;
  /** Where `pid` means something: the machine and its space of process ids (containers have their own). */
  readonly machine: string;
  readonly pid: number;
}

/** Separates this process from an earlier one that had its id. */
const PROCESS = randomUUID();

/** A new owner in this process. */
export function newOwner(): Owner {
  return { id: `${PROCESS}/${randomUUID()}`, machine: `${hostname()} ${processSpace()}`, pid: process.pid };
}

/** Whether the owner is certainly gone: its process was on this machine, and is not there any more. */
export function isGone(owner: Owner, here: Owner): boolean {
  if (owner.machine !== here.machine) return false;
  if (owner.pid === here.pid) return !owner.id.startsWith(`${PROCESS}/`);
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** The kernel's name for this process's pid namespace (pid_namespaces(7)); empty where there is none. */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

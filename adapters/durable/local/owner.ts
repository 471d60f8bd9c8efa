import { randomUUID } from 'node:crypto';
import { isGone, thisProcess } from '../../sqlite/process-mark.ts';

/** Who runs a workflow: one engine in one process of one machine. */
export interface Owner {
  /** Unique for ever; one for each engine: its process's own id, then its. */
  readonly id: string;
  readonly machine: string;
  readonly pid: number;
}

/** A new owner in this process. */
export function newOwner(): Owner {
  const { started, machine, pid } = thisProcess;
  return { id: `${started}/${randomUUID()}`, machine, pid };
}

/** Whether the process of an owner is certainly gone. */
export function isOwnerGone({ id, machine, pid }: Owner): boolean {
  return isGone({ started: id.split('/')[0] ?? '', machine, pid });
}

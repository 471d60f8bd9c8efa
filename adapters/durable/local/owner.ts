import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** The owners that live in this process. */
const here = new Set<string>();

/** A new owner in this process: `host/pid/uuid`. */
export function becomeOwner(): string {
  const owner = `${hostname()}/${process.pid}/${randomUUID()}`;
  here.add(owner);
  return owner;
}

/** The owner is gone, although its process may go on. */
export function ceaseOwner(owner: string): void {
  here.delete(owner);
}

/**
 * Whether the owner of a workflow may still live. On this machine the pid is asked; of another machine nothing is known but
 * its heartbeat. An owner with this process's own pid that is not known here had the pid before (in a container it is always 1).
 */
export function mayLive(owner: string | null): boolean {
  if (owner === null) return false;
  if (here.has(owner)) return true;
  const [host, pid] = owner.split('/');
  if (host !== hostname()) return true;
  if (Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

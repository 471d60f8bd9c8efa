import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, markOf } from '../lab-folder.ts';
import { removeCgroup } from '../private-engine.ts';

const NAME = /^execfmt-lab-kubelet-(\d+)-(\d+)$/;

/**
 * Makes the control group below which a kubelet keeps its pods, in every hierarchy of version 1, as it wants to find it; a
 * cpuset takes what its parent has. Its name says whose it is; those whose owner is dead are removed. Gives the name.
 */
export function createKubeletCgroup(): string {
  const owner = markOf(process.pid);
  if (owner === null) throw new Error('/proc is not mounted: the lab needs Linux with /proc.');
  const name = `execfmt-lab-kubelet-${owner.pid}-${owner.started}`;
  const hierarchies = hierarchiesOf(readFileSync('/proc/self/mounts', 'utf8'));
  for (const abandoned of new Set(hierarchies.flatMap(abandonedIn))) removeCgroup(abandoned);
  for (const at of hierarchies) {
    mkdirSync(join(at, name), { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) copy(join(at, file), join(at, name, file));
  }
  return name;
}

function hierarchiesOf(mounts: string): string[] {
  return mounts.split('\n').flatMap((line) => {
    const [, at = '', type] = line.split(' ');
    return type === 'cgroup' || type === 'cgroup2' ? [at] : [];
  });
}

function abandonedIn(hierarchy: string): string[] {
  return readdirSync(hierarchy).filter((name) => {
    const [, pid, started] = NAME.exec(name) ?? [];
    return pid !== undefined && started !== undefined && !isAlive({ pid: Number(pid), started });
  });
}

function copy(from: string, to: string): void {
  try {
    writeFileSync(to, readFileSync(from));
  } catch {
    // Not a cpuset hierarchy.
  }
}

import { readAt, type TreeProgram } from '../kernel/file-tree.ts';
import type { KernelHost } from '../kernel/host.ts';
import { architectureOfElf, runsArchitecture } from '../kernel/machines.ts';
import type { FaultCode, Outcome } from '../kernel/outcome.ts';
import { ROOT } from '../kernel/permissions.ts';
import { resolvePath } from '../kernel/resolve-path.ts';

/** Programs that most root file systems have, whoever built the entrypoint: they tell which platform the rest is for. */
const USUAL_PROGRAMS = ['/bin/sh', '/usr/bin/env', '/bin/busybox', '/sbin/ldconfig', '/usr/bin/dpkg', '/sbin/apk'];

/** Whether a program of the tree's own, other than the culprit, is for the host; false when there is none to look at. */
function* holdsNativePrograms(host: KernelHost, culprit: string | null): TreeProgram<boolean> {
  for (const path of USUAL_PROGRAMS) {
    if (path === culprit) continue;
    const found = yield* resolvePath(path, '/', ROOT);
    if (!found.found || found.entry.kind !== 'file') continue;
    const architecture = architectureOfElf(yield* readAt(found.path, 0, 64));
    if (architecture !== null) return runsArchitecture(host.arch, host.compat32, architecture);
  }
  return false;
}

/**
 * The fault where there is no metadata to ask, only files: a foreign program among programs for the host is
 * `wrong-arch-binary`; where the rest is foreign too, or there is no rest, the whole image is for another platform.
 */
export function* faultByFiles(outcome: Outcome, host: KernelHost): TreeProgram<FaultCode> {
  if (outcome.fault !== 'wrong-arch-binary') return outcome.fault;
  return (yield* holdsNativePrograms(host, outcome.culprit)) ? 'wrong-arch-binary' : 'wrong-platform-image';
}

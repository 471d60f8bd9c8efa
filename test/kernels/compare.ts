import { execve } from '../../src/kernel/execve.ts';
import { runOver } from '../../src/kernel/file-tree.ts';
import type { KernelHost } from '../../src/kernel/host.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { caseTree } from './case-tree.ts';
import type { NamedCase } from './cases/all-cases.ts';
import type { KernelCase } from './cases/case.ts';
import { dependsOnMemory, fitsByChance, startsWithItsCode } from './certain-code.ts';
import type { Target } from './targets.ts';

/** What an estate would tell the model of a guest; the kernel's own facts are those that the guest told. */
export function hostOf(target: Target, { kernel, page, minaddr }: Readonly<Record<string, string>>): KernelHost {
  if (!kernel || !page || !minaddr) throw new Error('The guest did not tell its kernel, page size and mmap_min_addr.');
  return {
    os: 'linux',
    arch: target.arch,
    variant: null,
    pageSize: Number(page),
    compat32: target.compat32,
    kernel,
    binfmt: null,
    mmapMinAddr: Number(minaddr),
    vaBits: target.vaBits,
  };
}

/** What the model says of a case. */
export function modelled(each: KernelCase, host: KernelHost): Outcome {
  const argv = [each.name.includes('/') ? each.name : `./${each.name}`];
  const request = { argv, path: '/usr/bin:/bin', cwd: each.cwd, uid: each.uid, gid: each.gid };
  return runOver(caseTree(each.nodes), execve(request, { ...host, binfmt: each.binfmt }));
}

/** How the kernel ended the program, as far as the model is certain: the number of a signal, or status 0. */
function certainEnd(outcome: Outcome, each: KernelCase, host: KernelHost): RegExp {
  if (outcome.outcome === 'signal' && outcome.exit === null) return /^(k11|s\d+)$/;
  if (outcome.outcome === 'signal') return new RegExp(`^[ks]${(outcome.exit ?? 0) - 128}$`);
  const page = BigInt(host.pageSize ?? 4096);
  const certain = each.altered.every((bytes) => startsWithItsCode(bytes, host.arch, page));
  return certain ? /^x0$/ : /^[sx]\d+$/;
}

/** Whether the answer agrees with the model: an errno to the number; death in execve also where memory may be short. */
function agrees(outcome: Outcome, each: KernelCase, host: KernelHost, answer: string): boolean {
  if (outcome.errno !== null) return answer === `e${outcome.errno}`;
  if (certainEnd(outcome, each, host).test(answer)) return true;
  // 32-bit ARM places programs at random within 1 MiB above 0x400000: zeros at the end of a fixed loader may lead there.
  const mayGoOn = host.arch === 'arm' && '/ld' in each.nodes && outcome.because.includes('no segment holds');
  if (mayGoOn && answer === 'x0') return true;
  if (each.altered.some((bytes) => fitsByChance(bytes, host.arch))) return !answer.startsWith('e');
  return answer === 'k11' && each.altered.some((bytes) => dependsOnMemory(bytes, host.arch));
}

/** A sentence about a case on which model and kernel differ; null when they agree. */
export function difference(each: NamedCase, host: KernelHost, answer: string): string | null {
  const outcome = modelled(each, host);
  if (agrees(outcome, each, host, answer)) return null;
  const says = `${outcome.outcome} ${outcome.exit ?? ''}`.trim();
  return `${each.family} ${each.index}: the kernel answered ${answer}, the model ${says} (${outcome.because})`;
}

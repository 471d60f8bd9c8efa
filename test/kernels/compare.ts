import { execve } from '../../src/kernel/execve.ts';
import { runOver } from '../../src/kernel/file-tree.ts';
import type { KernelHost } from '../../src/kernel/host.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { caseTree } from './case-tree.ts';
import type { KernelCase } from './cases/case.ts';
import type { NamedCase } from './cases/all-cases.ts';
import { startsWithItsCode } from './certain-code.ts';
import type { Target } from './targets.ts';

/** What an estate would tell the model of a guest; the kernel's own facts are those that the guest told. */
export function hostOf(target: Target, facts: Readonly<Record<string, string>>): KernelHost {
  return {
    os: 'linux',
    arch: target.arch,
    variant: null,
    pageSize: Number(facts.page),
    compat32: target.compat32,
    kernel: facts.kernel ?? null,
    binfmt: null,
    mmapMinAddr: Number(facts.minaddr),
    vaBits: target.vaBits,
  };
}

/** What the model says of a case. */
export function modelled(each: KernelCase, host: KernelHost): Outcome {
  const argv = [each.name.includes('/') ? each.name : `./${each.name}`];
  const request = { argv, path: '/usr/bin:/bin', cwd: each.cwd, uid: each.uid, gid: each.gid };
  return runOver(caseTree(each.nodes), execve(request, { ...host, binfmt: each.binfmt }));
}

/** Which answers of the kernel agree with the model's: errno and signal to the number, and status 0 of a sound program. */
function expected(outcome: Outcome, each: KernelCase, host: KernelHost): RegExp {
  if (outcome.errno !== null) return new RegExp(`^e${outcome.errno}$`);
  if (outcome.outcome === 'signal') return new RegExp(`^[ks]${(outcome.exit ?? 0) - 128}$`);
  const page = BigInt(host.pageSize ?? 4096);
  const certain = each.altered.every((bytes) => startsWithItsCode(bytes, host.arch, page));
  return certain ? /^x0$/ : /^[sx]\d+$/;
}

/** A sentence about a case on which model and kernel differ; null when they agree. */
export function difference(each: NamedCase, host: KernelHost, answer: string): string | null {
  const outcome = modelled(each, host);
  const wanted = expected(outcome, each, host);
  if (wanted.test(answer)) return null;
  const says = `${outcome.outcome} ${outcome.exit ?? ''}`.trim();
  return `${each.family} ${each.index}: the kernel answered ${answer}, the model ${says} (${outcome.because})`;
}

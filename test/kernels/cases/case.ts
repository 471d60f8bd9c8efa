import type { BinfmtHandler } from '../../../src/kernel/host.ts';
import type { Node } from '../../kernel/differential-cases.ts';
import { type Dialect, elfOf } from '../dialects.ts';
import type { Dice } from '../dice.ts';

/** One file tree, what is executed in it as whom, and which handlers the kernel has. */
export interface KernelCase {
  readonly nodes: Readonly<Record<string, Node>>;
  readonly name: string;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  /** In the order of registration. */
  readonly binfmt: readonly BinfmtHandler[];
  /** Programs whose headers are not those of a working file: what runs may be something else than their code. */
  readonly altered: readonly Uint8Array[];
}

/** What the cases of one architecture are made of. */
export interface Material {
  readonly arch: string;
  readonly own: Dialect;
  /** Programs that the kernel may run besides, or may not. */
  readonly others: readonly Dialect[];
  readonly common: Readonly<Record<string, Node>>;
  readonly ok: Uint8Array;
}

/** Makes one case of its family. */
export type Family = (dice: Dice, material: Material) => KernelCase;

/** A file that anyone may execute. */
export const x = (file: string | Uint8Array, mode = 0o755): Node => ({ file, mode });

/** The program for a machine that no kernel here runs: MIPS, big-endian. */
const FOREIGN: Dialect = { name: 'mips', bits: 32, little: false, machine: 8, flags: 0, code: new Uint8Array(8) };

/** Files that cases of every family point at. */
export function materialOf(arch: string, own: Dialect, others: readonly Dialect[]): Material {
  const ok = elfOf(own);
  const [second = own] = others;
  const common: Record<string, Node> = {
    '/bin/ok': x(ok),
    '/bin/foreign': x(elfOf(FOREIGN)),
    '/bin/narrow': x(elfOf(second)),
    '/bin/text': x('echo hello\n'),
    '/bin/empty': x(''),
    '/bin/noexec': x(ok, 0o644),
    '/bin/loader': x(elfOf(own, { type: 3 })),
    '/bin/narrow-loader': x(elfOf(second, { type: 3 })),
    '/sub/ok': x(ok),
  };
  return { arch, own, others, common, ok };
}

/** A case with everything usual that is not given. */
export function make(material: Material, nodes: Record<string, Node>, more: Partial<KernelCase> = {}): KernelCase {
  const usual = { name: '/app', cwd: '/', uid: 0, gid: 0, binfmt: [], altered: [] };
  return { ...usual, nodes: { ...material.common, ...nodes }, ...more };
}

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { directoryTree } from '../../adapters/files/directory-tree.ts';
import { execve } from '../../src/kernel/execve.ts';
import { runOver } from '../../src/kernel/file-tree.ts';
import type { BinfmtHandler, KernelHost } from '../../src/kernel/host.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { Case, Node } from './differential-cases.ts';
import { makeElf } from './make-elf.ts';

/** Cases whose trees lie on the disk at the same time. */
const AT_ONCE = 1000;

/** A folder with the compiled helper in which cases are executed, and the kernel that executes them. */
export interface Bench {
  readonly folder: string;
  readonly helper: string;
  readonly host: KernelHost;
  remove(): void;
}

/** In memory where programs may be executed there: thousands of trees on a disk take ten times as long. */
function fastFolder(): string {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const shm = mounts.find((line) => line.split(' ')[1] === '/dev/shm');
  return shm !== undefined && !/\bnoexec\b/.test(shm) ? '/dev/shm' : tmpdir();
}

/** Compiles the helper and reads what there is to know of the running kernel. */
export function openBench(): Bench {
  const folder = mkdtempSync(join(fastFolder(), 'execve-'));
  const helper = join(folder, 'helper');
  execFileSync('gcc', ['-O1', '-o', helper, join(import.meta.dirname, 'exec-in-chroot.c')]);
  const bench = { folder, helper, remove: () => rmSync(folder, { recursive: true, force: true }) };
  const narrow: Case = { ...PLAIN, id: 'narrow', nodes: { '/app': { file: makeElf({ bits: 32 }) } } };
  const [answer] = executeAll({ ...bench, host: HOST }, [narrow]);
  return { ...bench, host: { ...HOST, compat32: answer?.kernel === 'exit 0' } };
}

const PLAIN = { name: '/app', cwd: '/', uid: 0, gid: 0, loose: false } as const;
/** What there is to know of the running kernel. */
export const HOST: KernelHost = {
  os: 'linux',
  arch: 'amd64',
  variant: null,
  pageSize: 4096,
  compat32: true,
  kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').split('.').slice(0, 2).join('.'),
  binfmt: null,
  mmapMinAddr: Number(readFileSync('/proc/sys/vm/mmap_min_addr', 'utf8')),
  vaBits: 47,
};

function place(root: string, path: string, node: Node, written: Map<Node, string>): void {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
  const same = written.get(node);
  if (same !== undefined) {
    // The same node elsewhere is a hard link, which spares most of the writing.
    linkSync(same, at);
  } else if ('link' in node) {
    symlinkSync(node.link, at);
  } else if ('fifo' in node) {
    execFileSync('mkfifo', ['-m', '755', at]);
    written.set(node, at);
  } else if ('directory' in node) {
    mkdirSync(at, { recursive: true });
    chownSync(at, node.uid ?? 0, 0);
    chmodSync(at, node.mode ?? 0o755);
  } else {
    writeFileSync(at, node.file);
    chownSync(at, node.uid ?? 0, node.gid ?? 0);
    chmodSync(at, node.mode ?? 0o755);
    written.set(node, at);
  }
}

/** As the helper takes paths and names. */
export const hex = (text: string) => Buffer.from(text).toString('hex');

const runText = ({ uid, gid, cwd, name }: Case, root: string) =>
  `run ${uid} ${gid} ${hex(root)} ${hex(cwd)} ${hex(name)}\n`;

/** What is opened at registration is opened outside the container, where the case's tree has another name. */
const handlersIn = (root: string, handlers: readonly BinfmtHandler[]): readonly BinfmtHandler[] =>
  handlers.map((each) => (each.flags.includes('F') ? { ...each, interpreter: `${root}${each.interpreter}` } : each));

const escaped = (bytes: Uint8Array) => Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** The registration strings of Documentation/admin-guide/binfmt-misc.rst. */
function handlersText(handlers: readonly BinfmtHandler[] | undefined): string {
  if (handlers === undefined) return '';
  const lines = handlers.map(({ name, match, interpreter, flags, enabled }) => {
    const what =
      match.kind === 'magic'
        ? `M:${match.offset}:${escaped(match.magic)}:${match.mask ? escaped(match.mask) : ''}`
        : `E::${match.extension}:`;
    const register = `register ${hex(`:${name}:${what}:${interpreter}:${flags}`)}\n`;
    return enabled ? register : `${register}disable ${hex(name)}\n`;
  });
  return `clear\n${lines.join('')}`;
}

/** What the kernel answered, in the helper's words, and what the model says. */
export interface Answer {
  readonly kernel: string;
  readonly model: Outcome;
}

/** Executes every case for real and asks the model the same. */
export function executeAll(bench: Bench, cases: readonly Case[]): readonly Answer[] {
  const answers: Answer[] = [];
  for (let from = 0; from < cases.length; from += AT_ONCE) {
    answers.push(...executeSome(bench, cases.slice(from, from + AT_ONCE)));
  }
  return answers;
}

function executeSome({ folder, helper, host }: Bench, cases: readonly Case[]): readonly Answer[] {
  const at = mkdtempSync(join(folder, 'roots-'));
  const written = new Map<Node, string>();
  const roots = cases.map(({ nodes }, i) => {
    const root = join(at, `r${i}`);
    mkdirSync(root, { mode: 0o755 });
    for (const [path, node] of Object.entries(nodes)) place(root, path, node, written);
    return root;
  });
  chmodSync(at, 0o755);
  const handlers = cases.map((each, i) => each.handlers && handlersIn(roots[i] ?? '', each.handlers));
  const input = cases.map((each, i) => `${handlersText(handlers[i])}${runText(each, roots[i] ?? '')}`).join('');
  const own = handlers.some(Boolean) ? [mkdtempSync(join(folder, 'binfmt-'))] : [];
  const lines = execFileSync(helper, own, { input, encoding: 'utf8', maxBuffer: 1 << 24 })
    .trim()
    .split('\n');
  const answers = cases.map(({ name, cwd, uid, gid }, i) => {
    const argv = [name.includes('/') ? name : `./${name}`];
    const request = { argv, path: '/usr/bin:/bin', cwd, uid, gid };
    const facts = { ...host, binfmt: handlers[i] ?? null };
    return { kernel: lines[i] ?? 'nothing', model: runOver(directoryTree(roots[i] ?? ''), execve(request, facts)) };
  });
  rmSync(at, { recursive: true, force: true });
  return answers;
}

/**
 * The model's answer in the helper's words; `any` for a program that gets control and then does as it likes. Of loose
 * cases not the signal's number: an entry point outside the file may hit what the kernel put there at random.
 */
function words(outcome: Outcome, loose: boolean): string {
  if (outcome.errno !== null) return `errno ${outcome.errno}`;
  if (outcome.outcome === 'signal') {
    return loose || outcome.exit === null ? 'signal' : `signal ${outcome.exit - 128}`;
  }
  if (outcome.outcome === 'env') return outcome.exit === null ? 'any' : `exit ${outcome.exit}`;
  if (outcome.outcome === 'hang') return `signal ${constants.signals.SIGALRM}`;
  return outcome.outcome === 'runs' && !loose && outcome.fault === 'none' ? 'exit 0' : 'any';
}

/** A sentence for a case in which model and kernel disagree; null when they agree. */
export function disagreement(each: Case, { kernel, model }: Answer): string | null {
  const said = words(model, each.loose);
  const agrees =
    said === 'any' ? !kernel.startsWith('errno') : said === 'signal' ? kernel.startsWith('signal') : said === kernel;
  return agrees ? null : `${each.id}: the model says ${said} (${model.because}), the kernel ${kernel}`;
}

/** Whether all that the comparison could say is that no errno came back. */
export function isDoubtful(each: Case, { kernel, model }: Answer): boolean {
  return words(model, each.loose) === 'any' && model.outcome === 'runs' && kernel !== 'exit 0';
}

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { blobStore, stepsOf } from './archive.ts';
import { boot } from './boot.ts';
import { casesOf, type NamedCase } from './cases/all-cases.ts';
import { HOST_PROGRAM } from './cases/handlers.ts';
import { difference, hostOf } from './compare.ts';
import { initramfs } from './cpio.ts';
import { DIALECTS, elfOf } from './dialects.ts';
import { type Kernel, kernelOf } from './kernel-package.ts';
import { linesOf, writeRecording } from './recording.ts';
import { TARGETS, type Target } from './targets.ts';

const run = promisify(execFile);
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Debian's package of a program where it is called otherwise. */
const PACKAGES: Readonly<Record<string, string>> = {
  'qemu-system-aarch64': 'qemu-system-arm',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-system-riscv64': 'qemu-system-misc',
  'qemu-system-s390x': 'qemu-system-misc',
  'qemu-system-ppc64': 'qemu-system-ppc',
  'aarch64-linux-gnu-gcc': 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross',
  'arm-linux-gnueabihf-gcc': 'gcc-arm-linux-gnueabihf libc6-dev-armhf-cross',
  'riscv64-linux-gnu-gcc': 'gcc-riscv64-linux-gnu libc6-dev-riscv64-cross',
  's390x-linux-gnu-gcc': 'gcc-s390x-linux-gnu libc6-dev-s390x-cross',
  'powerpc64le-linux-gnu-gcc': 'gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross',
  xz: 'xz-utils',
};

async function isInstalled(program: string): Promise<boolean> {
  return await run('which', [program]).then(
    () => true,
    () => false,
  );
}

/** The Debian packages of what is not installed. */
async function missingPackages(target: Target): Promise<string[]> {
  const missing: string[] = [];
  for (const program of [target.qemu[0], target.compiler, 'xz', 'apt-get', 'dpkg-deb']) {
    if (!(await isInstalled(program))) missing.push(PACKAGES[program] ?? program);
  }
  return missing;
}

async function buildInitramfs(
  folder: string,
  target: Target,
  kernel: Kernel,
  cases: readonly NamedCase[],
): Promise<string> {
  const init = join(folder, 'init');
  const source = join(import.meta.dirname, 'guest-init.c');
  await run(target.compiler, ['-static', '-O1', '-Wall', '-Werror', '-o', init, source]);
  const blobs = blobStore();
  const steps = cases.flatMap((each) => stepsOf(each, blobs.place));
  const [own] = DIALECTS[target.arch] ?? [];
  if (!own) throw new Error(`There is no machine code for ${target.arch}.`);
  const files = [
    { path: 'init', mode: 0o755, content: await readFile(init) },
    { path: 'cases', mode: 0o644, content: Buffer.from(`${steps.join('\n')}\n`) },
    { path: 'blobs', mode: 0o644, content: blobs.bytes() },
    { path: HOST_PROGRAM.slice(1), mode: 0o755, content: elfOf(own) },
    ...(kernel.binfmtModule ? [{ path: 'binfmt_misc.ko', mode: 0o644, content: kernel.binfmtModule }] : []),
  ];
  const archive = join(folder, 'initramfs');
  await writeFile(archive, initramfs(['host'], files));
  return archive;
}

/** Boots one kernel with the cases of a seed, writes what it answered, and says on which cases the model differs. */
async function record(name: string, target: Target, seed: number, thousands: number, out: string): Promise<number> {
  const kernel = await kernelOf(target);
  const cases = [...casesOf(target.arch, seed, thousands)];
  const folder = await mkdtemp(join(tmpdir(), 'kernels-'));
  try {
    const archive = await buildInitramfs(folder, target, kernel, cases);
    say(`${name}: booting ${kernel.version} with ${cases.length} cases.`);
    const { facts, answers } = await boot(target, kernel.image, archive, (count) => say(`${name}: ${count} answers`));
    if (answers.length !== cases.length) throw new Error(`${answers.length} answers to ${cases.length} cases.`);
    const lines = linesOf(cases, answers);
    await writeFile(out, writeRecording({ package: kernel.version, facts, seed, thousands, lines }));
    const host = hostOf(target, facts);
    const differences = cases.flatMap((each, i) => difference(each, host, answers[i] ?? '') ?? []);
    for (const each of differences) say(each);
    say(`${name}: ${cases.length} cases, ${differences.length} on which the model differs; written to ${out}.`);
    return differences.length;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '2026' },
    thousands: { type: 'string', default: '5' },
    out: { type: 'string' },
  },
});
if (positionals.length === 0) say(`Name the kernels to record: ${Object.keys(TARGETS).join(', ')}.`);
for (const name of positionals) {
  const target = TARGETS[name];
  if (!target) throw new Error(`There is no kernel ${name}: there are ${Object.keys(TARGETS).join(', ')}.`);
  const missing = await missingPackages(target);
  if (missing.length > 0)
    throw new Error(`To record ${name}, install what is missing: apt-get install ${missing.join(' ')}`);
  const out = values.out ?? join(import.meta.dirname, 'recorded', `${name}.txt`);
  const differences = await record(name, target, Number(values.seed), Number(values.thousands), out);
  if (differences > 0) process.exitCode = 1;
}

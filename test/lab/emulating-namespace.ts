import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { debianBinary } from './debian-binary.ts';

const run = promisify(execFile);

/** A user namespace in which programs for arm64 run, by Debian's QEMU. Nobody outside it sees the handler. */
export interface EmulatingNamespace {
  /** The command, as words, that runs another one in there as root, in PID and mount namespaces of its own; it dies with its parent. */
  enter(words: readonly string[]): readonly [string, ...string[]];
  /** Runs one to its end; rejects with what it says. */
  run(words: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

const COMMAND_MS = 1_800_000;
const NAME = 'qemu-aarch64';
/** As Debian's binfmt-support registers it; with F the kernel opens the emulator once, so no root file system needs it. */
const MAGIC = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
const MASK = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;
/** Identity for the accounts of an image: files belong to whom they would outside. */
const ACCOUNTS = '0 0 65536\n';

/** Since Linux 6.7 each user namespace may mount a binfmt_misc of its own. */
const INIT = `
mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc || exit 1
[ -e /proc/sys/fs/binfmt_misc/${NAME} ] || printf %s "$1" >/proc/sys/fs/binfmt_misc/register || exit 1
shift
exec "$@"`;

/** Makes one on a machine for amd64. Needs root and Linux 6.7. */
export async function openEmulatingNamespace(): Promise<EmulatingNamespace> {
  const emulator = await debianBinary('qemu-user-static', 'usr/bin/qemu-aarch64-static', 'amd64');
  const handler = `:${NAME}:M::${MAGIC}:${MASK}:${emulator}:F`;
  // It holds the namespace until its input ends, which it does with our process at the latest.
  const holder = spawn('unshare', ['--user', 'sh', '-c', 'echo there; read end'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([once(holder.stdout, 'data'), failure(holder)]);
  for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${holder.pid}/${map}`, ACCOUNTS);
  const enter = (words: readonly string[]) =>
    [
      ...['nsenter', '--user', '--target', String(holder.pid), '--setuid', '0', '--setgid', '0'],
      ...['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...['sh', '-c', INIT, 'init', handler, ...words],
    ] as const as readonly [string, ...string[]];
  return {
    enter,
    async run(words) {
      const [command, ...args] = enter(words);
      await run(command, args, { timeout: COMMAND_MS, maxBuffer: 1 << 26 });
    },
    async stop() {
      const ended = holder.exitCode === null ? once(holder, 'exit') : null;
      holder.stdin.end();
      await ended;
    },
  };
}

async function failure(child: ChildProcess): Promise<never> {
  const [status] = (await once(child, 'exit')) as [number | null];
  throw new Error(
    `No user namespace could be made (exit status ${status}): this needs root and user.max_user_namespaces.`,
  );
}

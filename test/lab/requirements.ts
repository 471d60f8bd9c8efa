import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { mayHaveGo } from './kubernetes/fetch-go.ts';
import { mayHavePrograms } from './kubernetes/programs.ts';
import { postgresPrograms } from './postgres.ts';

/** What a suite may need of the machine beyond Node. */
export type Need =
  | 'root'
  | 'mounts'
  | 'memory-limits'
  | 'engine'
  | 'docker-registry'
  | 'skopeo'
  | 'chromium'
  | 'gcc'
  | 'sqlite3'
  | 'x86-64'
  | 'debian-binaries'
  | 'own-binfmt-misc'
  | 'no-emulator'
  | 'kubernetes'
  | 'postgresql'
  | 'go';

interface Requirement {
  /** As in `needs …`. */
  readonly what: string;
  readonly isMet: () => boolean;
  /** How to get it, a command or half a sentence. */
  readonly how: string;
}

const INSTALL = 'sudo npm run lab:install';
const INSTALL_AS_ROOT = `${INSTALL}, then run the tests as root`;

function hasCommand(name: string): boolean {
  return `${process.env.PATH}:/usr/sbin:/sbin`.split(':').some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const hasCommands = (...names: string[]) => names.every(hasCommand);

const isRoot = () => process.getuid?.() === 0;

/** Root alone is not enough: in an unprivileged container it may not mount. */
const mayIsolate = () =>
  spawnSync('unshare', ['--mount', '--pid', '--fork', 'true'], { timeout: 10_000, stdio: 'ignore' }).status === 0;

/** The memory controller of control groups, of either version, that may be written to; in a container they often may not. */
const mayLimitMemory = () =>
  ['/sys/fs/cgroup/memory/cgroup.procs', '/sys/fs/cgroup/cgroup.procs'].some((file) => {
    try {
      accessSync(file, constants.W_OK);
      const controllers = join(file, '../cgroup.subtree_control');
      return !existsSync(controllers) || readFileSync(controllers, 'utf8').includes('memory');
    } catch {
      return false;
    }
  });

/** User namespaces with a binfmt_misc of their own came with Linux 6.7. */
const hasOwnBinfmtMisc = () => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return (
    (major > 6 || (major === 6 && minor >= 7)) && readFileSync('/proc/filesystems', 'utf8').includes('binfmt_misc')
  );
};

const ENGINE_COMMANDS = ['dockerd', 'containerd', 'runc', 'docker-proxy', 'iptables', 'ip', 'setpriv', 'unshare'];

/** Everything that suites need, with how it is found out and how to get it. The one list; `install.sh` installs it. */
const REQUIREMENTS: Readonly<Record<Need, Requirement>> = {
  root: { what: 'root', isMet: isRoot, how: 'run the tests as root' },
  mounts: {
    what: 'root that may mount',
    isMet: () => isRoot() && mayIsolate(),
    how: 'run the tests as root (in a container: a privileged one)',
  },
  'memory-limits': {
    what: 'root that may limit memory by control groups',
    isMet: () => isRoot() && mayLimitMemory(),
    how: 'run the tests as root with /sys/fs/cgroup mounted writable (in a container: a privileged one)',
  },
  engine: {
    what: 'dockerd as root',
    isMet: () => isRoot() && hasCommands(...ENGINE_COMMANDS) && mayIsolate(),
    how: `${INSTALL_AS_ROOT} (in a container: a privileged one)`,
  },
  'docker-registry': { what: 'docker-registry', isMet: () => hasCommands('docker-registry', 'setpriv'), how: INSTALL },
  skopeo: { what: 'skopeo', isMet: () => hasCommand('skopeo'), how: INSTALL },
  chromium: { what: 'chromium', isMet: () => hasCommand('chromium'), how: INSTALL },
  gcc: {
    what: 'gcc with the C library’s headers',
    isMet: () => hasCommand('gcc') && existsSync('/usr/include/stdio.h'),
    how: INSTALL,
  },
  sqlite3: { what: 'sqlite3', isMet: () => hasCommand('sqlite3'), how: INSTALL },
  'x86-64': {
    what: 'Linux on x86-64',
    isMet: () => process.platform === 'linux' && process.arch === 'x64',
    how: 'run the tests on such a machine',
  },
  'debian-binaries': {
    what: 'apt-get and dpkg-deb, to fetch packages of Debian for amd64 and arm64',
    isMet: () => hasCommands('apt-get', 'dpkg-deb'),
    how: 'run the tests on Debian or Ubuntu',
  },
  'own-binfmt-misc': {
    what: 'Linux 6.7 or later with binfmt_misc',
    isMet: () => process.platform === 'linux' && hasOwnBinfmtMisc(),
    how: 'modprobe binfmt_misc, or run the tests on a newer kernel',
  },
  kubernetes: {
    what: 'the programs of a Kubernetes control plane',
    isMet: () => mayHavePrograms(hasCommand('unzip')) && hasCommands('setpriv'),
    how: `${INSTALL} (Go then builds them once, which takes long), or set KUBEBUILDER_ASSETS to a folder of envtest`,
  },
  postgresql: {
    what: 'the programs of a PostgreSQL server',
    isMet: () => postgresPrograms() !== null && hasCommand('setpriv'),
    how: INSTALL,
  },
  go: {
    what: 'Go, or unzip to fetch it',
    isMet: () => mayHaveGo(hasCommand('unzip')),
    how: INSTALL,
  },
  'no-emulator': {
    what: 'a kernel without an emulator for other architectures',
    isMet: () => !existsSync(`/proc/sys/fs/binfmt_misc/qemu-${process.arch === 'arm64' ? 'x86_64' : 'aarch64'}`),
    how: 'unregister it: sudo systemctl stop systemd-binfmt, or `docker run --privileged tonistiigi/binfmt --uninstall`',
  },
};

declare module 'vitest' {
  interface TaskMeta {
    /** Set on a suite that was skipped because the machine lacks something. */
    skippedBecause?: string;
  }
}

/**
 * `describe` for a suite that needs something of the machine. Where that is missing the suite is skipped and named at
 * the end of the run; with CI=true it fails instead, so that nothing goes untested unseen.
 */
export function suite(name: string, needs: readonly Need[], body: () => void): void {
  const missing = needs.map((need) => REQUIREMENTS[need]).filter(({ isMet }) => !isMet());
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const because = missing.map(({ what, how }) => `needs ${what}: ${how}`).join('; ');
  if (process.env.CI === 'true') {
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(`CI=true and something is missing: ${because}`);
      });
    });
    return;
  }
  describe(name, { skip: true, meta: { skippedBecause: because } }, () => {
    it('is skipped', () => {});
  });
}

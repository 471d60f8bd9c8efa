import type { ImageConfig } from '../image/config.ts';
import { DEFAULT_PATH } from '../image/default-path.ts';
import type { Platform } from '../image/platform.ts';
import { type FileTree, readAt, runOverRemote, type TreeProgram } from '../kernel/file-tree.ts';
import { identifyFile } from '../kernel/identify-file.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { ROOT } from '../kernel/permissions.ts';
import { plainHost } from '../kernel/plain-host.ts';
import { resolvePath } from '../kernel/resolve-path.ts';
import { resolveUser } from '../kernel/users.ts';
import { answerOf } from '../playbook/answer.ts';
import { type ExecutedProgram, type Execution, type ImageEvidence, isUnstated } from '../playbook/platform-evidence.ts';
import { shellForm } from '../playbook/shell-form.ts';
import type { OpenedImage } from '../ports/image-source.ts';
import { predictStart } from './predict-start.ts';

const HEAD = 4096;

/** Reads one image and starts it in the kernel model, on a plain host of the platform. What cannot be read is evidence too. */
export async function examineImage(image: OpenedImage, platform: Platform): Promise<ImageEvidence> {
  const { config } = image;
  const claimed = config.platform;
  const argv = [...config.entrypoint, ...config.cmd];
  const shell = shellForm(argv);
  const otherSystem = !isUnstated(claimed) && claimed.os !== platform.os;
  if (argv.length === 0 || platform.os !== 'linux' || isUnstated(platform) || otherSystem) {
    return { claimed, argv, shell, execution: null };
  }
  const inner = shell?.program ?? null;
  const execution = await answerOf(() => execute(image, platform, argv, inner));
  return { claimed, argv, shell, execution };
}

async function execute(
  { files, config }: OpenedImage,
  platform: Platform,
  argv: readonly string[],
  inner: string | null,
): Promise<Execution> {
  const { user } = config;
  if ((await runOverRemote(files, resolveUser(user))) === null) return { kind: 'unknown-user', user };
  const start = (words: readonly string[]) => predict(files, config, platform, words);
  const outcome = await start(argv);
  const told = outcome.outcome === 'runs' && inner !== null ? await start([inner]) : null;
  const decides = told ?? outcome;
  const program = await firstProgram(files, config, decides.chain);
  return { kind: 'executed', outcome, inner: told, program, sharedLayer: null };
}

function predict(
  files: FileTree,
  { path, workingDir, user }: ImageConfig,
  platform: Platform,
  argv: readonly string[],
): Promise<Outcome> {
  return predictStart(files, { kernel: plainHost(platform) }, { argv, path: path ?? DEFAULT_PATH, workingDir, user });
}

/** The first ELF file of those that were opened. */
async function firstProgram(
  files: FileTree,
  { workingDir }: ImageConfig,
  chain: readonly string[],
): Promise<ExecutedProgram | null> {
  for (const name of chain) {
    const path = await physicalPath(files, name, workingDir);
    const is = path === null ? null : await runOverRemote(files, identify(path));
    if (is?.architecture && is.kind === 'elf') return { name, is };
  }
  return null;
}

function* identify(path: string): TreeProgram<ReturnType<typeof identifyFile>> {
  const head = yield* readAt(path, 0, HEAD);
  return identifyFile(head, head.length);
}

/** Where a name leads in the image, links followed; null when no file is there. */
export async function physicalPath(files: FileTree, name: string, workingDir: string): Promise<string | null> {
  const found = await runOverRemote(files, resolvePath(name, workingDir || '/', ROOT));
  return found.found && found.entry.kind === 'file' ? found.path : null;
}

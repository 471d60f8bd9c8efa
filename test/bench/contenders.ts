import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { goProgram } from '../lab/go-program.ts';
import type { PrivateEngine } from '../lab/private-engine.ts';
import type { BenchImage } from './bench-images.ts';
import type { InstalledExecfmt } from './install-execfmt.ts';

/** What a contender works on. */
export interface Question {
  /** `127.0.0.1:port/repository:tag`, with the counting proxy's port. */
  readonly reference: string;
  readonly image: BenchImage;
  /** A folder of its own for what it writes. */
  readonly folder: string;
}

/** One way to learn whether an image's program would run on a host. */
export interface Contender {
  readonly name: string;
  /** A script for bash; it prints the ELF magic of the files, or execfmt's verdict. */
  readonly script: (question: Question) => string;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes away what it remembers of images. */
  readonly forget: (question: Question) => void;
}

const CRANE = { path: 'github.com/google/go-containerregistry/cmd/crane', version: 'v0.20.6' };
const REGCTL = { path: 'github.com/regclient/regclient/cmd/regctl', version: 'v0.11.5' };

const emptied = ({ folder }: Question): void => rmSync(join(folder, 'out'), { recursive: true, force: true });
const inTurn = (lines: readonly string[]): string => ['set -e -o pipefail', ...lines].join('\n');
const hasCommand = (name: string): boolean =>
  `${process.env.PATH}:/usr/sbin:/sbin`.split(':').some((folder) => existsSync(join(folder, name)));
/** What a person looks at in the end: the header that names the machine. */
const readHeaders = ({ image }: Question, from: string): string[] =>
  image.files.map((file) => `od -An -tx1 -N20 "${from}/${file}"`);

function crane(program: string): Contender {
  const script = (question: Question) =>
    inTurn([
      'mkdir -p "$OUT"',
      `"${program}" export --insecure ${question.reference} - | tar -xf - -C "$OUT" ${question.image.files.join(' ')}`,
      ...readHeaders(question, '$OUT'),
    ]);
  return { name: `crane export, tar (${CRANE.version})`, script, environment: {}, forget: emptied };
}

function regctl(program: string): Contender {
  const script = ({ reference, image }: Question) => {
    const host = `--host reg=${reference.split('/')[0]},tls=disabled`;
    const get = image.files.map(
      (file) => `"${program}" ${host} image get-file ${reference} ${file} | od -An -tx1 -N20`,
    );
    // The file is written whole before od ends, so a broken pipe is no failure.
    return ['set -e', ...get].join('\n');
  };
  return { name: `regctl image get-file (${REGCTL.version})`, script, environment: {}, forget: emptied };
}

function skopeo(): Contender {
  const find = (image: BenchImage, file: string): string => {
    const blobs = image.image.layers.map(({ digest }) => digest.replace('sha256:', '')).toReversed();
    return `for b in ${blobs.join(' ')}; do tar -xzf "$OUT/blobs/sha256/$b" -C "$OUT" ${file} 2>/dev/null && break; done`;
  };
  const script = (question: Question) =>
    inTurn([
      'mkdir -p "$OUT"',
      `skopeo copy --quiet --insecure-policy --src-tls-verify=false docker://${question.reference} "oci:$OUT:x"`,
      ...question.image.files.map((file) => find(question.image, file)),
      ...readHeaders(question, '$OUT'),
    ]);
  const [, , version = ''] = execFileSync('skopeo', ['--version'], { encoding: 'utf8' }).trim().split(' ');
  return { name: `skopeo copy, tar (v${version})`, script, environment: {}, forget: emptied };
}

function docker({ socket }: PrivateEngine): Contender {
  const environment = { DOCKER_HOST: `unix://${socket}` };
  const call = (...args: string[]) =>
    execFileSync('docker', args, {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const script = (question: Question) =>
    inTurn([
      'mkdir -p "$OUT"',
      `docker pull --quiet ${question.reference}`,
      `id=$(docker create ${question.reference})`,
      ...question.image.files.map(
        (file) => `docker cp --quiet "$id:/${file}" "$OUT/read"; od -An -tx1 -N20 "$OUT/read"`,
      ),
      'docker rm "$id"',
    ]);
  const forget = (question: Question): void => {
    emptied(question);
    call('image', 'prune', '--all', '--force');
  };
  return {
    name: `docker pull, create, cp (v${call('version', '-f', '{{.Server.Version}}').trim()})`,
    script,
    environment,
    forget,
  };
}

function execfmt({ launcher, configuration, cacheHome }: InstalledExecfmt): Contender {
  const ask = `"${process.execPath}" "${launcher}" check --json --platform linux/amd64 --config "${configuration}"`;
  return {
    name: 'execfmt check',
    script: ({ reference }) => `exec ${ask} ${reference}`,
    environment: { XDG_CACHE_HOME: cacheHome },
    forget: () => rmSync(join(cacheHome, 'execfmt', 'layers'), { recursive: true, force: true }),
  };
}

/** Everybody who can take part on this machine, execfmt first, and who cannot with what it lacks. */
export async function findContenders(
  installed: InstalledExecfmt,
  engine: PrivateEngine | null,
): Promise<{ readonly there: readonly Contender[]; readonly missing: readonly string[] }> {
  const there = [execfmt(installed)];
  const missing: string[] = [];
  const [cranePath, regctlPath] = [await goProgram(CRANE), await goProgram(REGCTL)];
  if (cranePath === null || regctlPath === null)
    missing.push('`crane` and `regctl`: there is no Go 1.21 or later to build them with.');
  if (cranePath !== null) there.push(crane(cranePath));
  if (regctlPath !== null) there.push(regctl(regctlPath));
  if (hasCommand('skopeo')) there.push(skopeo());
  else missing.push('`skopeo` is not installed.');
  if (engine !== null && hasCommand('docker')) there.push(docker(engine));
  else missing.push('`docker`: it needs root, `dockerd` and the command `docker`.');
  return { there, missing };
}

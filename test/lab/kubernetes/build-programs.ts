import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../debian-binary.ts';
import { goPath } from './fetch-go.ts';

const run = promisify(execFile);

const BUILD_MS = 3_600_000;

/**
 * Builds programs of k8s.io/kubernetes with Go into a folder, each under a temporary name first. Its go.mod replaces the
 * staging modules by folders of its own tree, which the module proxy leaves out: here they are replaced by their
 * published versions (v1.33.13 goes with v0.33.13).
 */
export async function buildPrograms(version: string, names: readonly string[], into: string): Promise<void> {
  const go = await goPath();
  await mkdir(into, { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), 'build-'));
  const env = {
    ...process.env,
    GOTOOLCHAIN: 'auto',
    GOFLAGS: '-mod=mod -buildvcs=false -p=2',
    CGO_ENABLED: '0',
    GOWORK: 'off',
  };
  const call = (...args: string[]) => run(go, args, { cwd: folder, env, timeout: BUILD_MS, maxBuffer: 1 << 26 });
  try {
    const { stdout } = await call('mod', 'download', '-json', `k8s.io/kubernetes@${version}`);
    const { GoMod } = JSON.parse(stdout) as { GoMod: string };
    await writeFile(join(folder, 'go.mod'), scratchModule(version, await readFile(GoMod, 'utf8')));
    for (const name of names) {
      const part = join(into, `${name}.part`);
      await call('build', '-trimpath', '-ldflags', linkerFlags(version), '-o', part, `k8s.io/kubernetes/cmd/${name}`);
      await rename(part, join(into, name));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function scratchModule(version: string, original: string): string {
  const staged = version.replace(/^v1\./, 'v0.');
  const replaced = [...original.matchAll(/^\t(k8s\.io\/[a-z-]+) => \.\/staging\//gm)].map(
    ([, name]) => `\t${name} => ${name} ${staged}`,
  );
  const [go = 'go 1.24.0'] = /^go .*$/m.exec(original) ?? [];
  const [godebug = ''] = /^godebug .*$/m.exec(original) ?? [];
  const head = ['module execfmt.test/kubernetes', go, godebug, `require k8s.io/kubernetes ${version}`];
  return [...head, 'replace (', ...replaced, ')', ''].join('\n');
}

/** Without these it would call itself v0.0.0 (hack/lib/version.sh). */
function linkerFlags(version: string): string {
  const [, minor = ''] = version.split('.');
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((at) => [
    `-X ${at}.gitVersion=${version} -X ${at}.gitMajor=1 -X ${at}.gitMinor=${minor}`,
  ]);
  return ['-s -w', ...stamps].join(' ');
}

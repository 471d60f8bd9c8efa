import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runExecfmt } from '../e2e/run-execfmt.ts';
import { dockerBuild } from '../lab/docker-build.ts';
import { startEmulatingEngine } from '../lab/emulating-engine.ts';
import { openEmulatingNamespace } from '../lab/emulating-namespace.ts';
import type { LabEngine } from '../lab/engine.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { nodeRootFileSystem } from '../lab/node-base-image.ts';
import { makeBaseImage } from './make-base-image.ts';

/**
 * `npm run image:arm64`, as root on a machine for amd64: builds the image for linux/arm64 from the Dockerfile as it stands,
 * emulated, lets execfmt check it, and runs it. Too slow for `npm test`. What it starts, it ends; the machine's own
 * binfmt_misc is not touched.
 */
const REPOSITORY = resolve(import.meta.dirname, '../..');
const TAG = 'execfmt:lab-arm64';
const PLATFORM = 'linux/arm64';

const begun = performance.now();
const tell = (line: string) => process.stderr.write(`${((performance.now() - begun) / 1_000).toFixed(0)} s: ${line}\n`);

async function check(engine: LabEngine, platform: string): Promise<{ status: number | null; pass: boolean }> {
  const words = ['check', `docker-daemon:${TAG}`, '--platform', platform, '--json'];
  const { status, stdout, stderr } = await runExecfmt(words, { env: { DOCKER_HOST: engine.host } });
  const said = stdout === '' ? {} : (JSON.parse(stdout) as { pass?: boolean; platforms?: unknown });
  tell(`execfmt check for ${platform}: exit status ${status}, ${JSON.stringify(said.platforms ?? stderr)}`);
  return { status, pass: said.pass ?? false };
}

/** What the program in the image says of itself. A step of a build, as a container would need a network of its own. */
async function versionOf(engine: LabEngine): Promise<string> {
  const context = createScratchFolder('arm');
  const output = join(context, 'said');
  const lines = [
    `FROM ${TAG} AS run`,
    'RUN execfmt --version >/tmp/said && node -p "process.platform + process.arch + process.version" >>/tmp/said',
    'FROM scratch',
    'COPY --from=run /tmp/said /',
  ];
  try {
    writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
    await dockerBuild({ engine, context, output, platform: PLATFORM });
    return readFileSync(join(output, 'said'), 'utf8').trim().replace('\n', ' on ');
  } finally {
    removeLabFolder(context);
  }
}

const namespace = await openEmulatingNamespace();
let engine: LabEngine | null = null;
try {
  const root = await nodeRootFileSystem({ architecture: 'arm64', run: namespace.run });
  tell('the base’s root file system is there');
  engine = await startEmulatingEngine(namespace);
  await makeBaseImage(engine, root, PLATFORM);
  tell('the base image is there');
  await dockerBuild({ engine, context: REPOSITORY, tag: TAG, platform: PLATFORM, args: { VERSION: '9.9.9-lab' } });
  tell('the image is built');
  const own = await check(engine, PLATFORM);
  const other = await check(engine, 'linux/amd64');
  tell(`it says that it is ${await versionOf(engine)}`);
  if (!own.pass || other.pass) process.exitCode = 1;
} finally {
  await engine?.stop();
  await namespace.stop();
}

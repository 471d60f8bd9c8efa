import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LabEngine } from './engine.ts';
import { goProgram } from './go-program.ts';
import { goPath } from './kubernetes/fetch-go.ts';
import { createScratchFolder, removeLabFolder } from './lab-folder.ts';

const run = promisify(execFile);

const COMMAND_MS = 300_000;
const COMPOSE = {
  module: 'github.com/docker/compose/v2',
  path: 'github.com/docker/compose/v2/cmd',
  version: 'v2.40.3',
  cachedAs: 'compose',
};

export interface ComposeProject {
  readonly engine: LabEngine;
  /** Where the files are, and `.env`. */
  readonly folder: string;
  readonly files: readonly string[];
  /** For the variables of the files. */
  readonly env: Readonly<Record<string, string>>;
}

/** The path of Docker's own Compose, version 2; built once with Go. */
export async function composeProgram(): Promise<string> {
  const program = await goProgram(COMPOSE, await goPath());
  if (program === null) throw new Error('There is no Go to build Compose with.');
  return program;
}

/** `docker compose …` on the lab's engine. Gives what it wrote; rejects with that when its exit status is not 0. */
export async function compose(project: ComposeProject, ...words: readonly string[]): Promise<string> {
  const program = await composeProgram();
  // No configuration of the user's: no logins, no plugins, no other engine.
  const home = createScratchFolder('compose');
  const env = { PATH: process.env.PATH, HOME: home, DOCKER_HOST: project.engine.host, ...project.env };
  const files = project.files.flatMap((file) => ['-f', file]);
  try {
    const options = { cwd: project.folder, env, timeout: COMMAND_MS, maxBuffer: 1 << 24 };
    const { stdout, stderr } = await run(program, ['--ansi', 'never', ...files, ...words], options);
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`docker compose ${words.join(' ')}:\n${(stdout + stderr).slice(-4_000)}`, { cause: error });
  } finally {
    removeLabFolder(home);
  }
}

import { createGithubBuildHistory } from '../../../adapters/pipeline/github/build-history.ts';
import type { GithubOptions } from '../../../adapters/pipeline/github/options.ts';
import { createGithubRebuilds } from '../../../adapters/pipeline/github/rebuilds.ts';
import { systemClock } from '../../../adapters/system/clock.ts';
import { type GithubServer, type GithubServerOptions, startGithub } from '../../servers/github/start-github.ts';
import type { Repository, Run, Workflow } from '../../servers/github/world.ts';
import { buildOutput, LATEST, minutes, PROJECT, REVISION } from '../sample-builds.ts';

export interface GithubBench {
  readonly github: GithubServer;
  readonly repository: Repository;
  /** Of the image with the wrong architecture. */
  readonly built: Run;
  history(set?: Partial<GithubOptions>): ReturnType<typeof createGithubBuildHistory>;
  rebuilds(set?: Partial<GithubOptions>): ReturnType<typeof createGithubRebuilds>;
  close(): Promise<void>;
}

/** What GitHub fills in from a run's inputs. */
const input = (name: string) => `\${{ inputs.${name} }}`;

/** Builds on arm64, because that is its default, unless it is asked for another runner. */
export const BUILD: Omit<Workflow, 'id' | 'state'> = {
  file: 'build.yml',
  name: 'Image',
  runName: `build ${input('execfmt_run')}`,
  inputs: { execfmt_run: {}, runner: { default: 'arm64' } },
  jobs: [
    {
      name: 'build',
      runsOn: ['self-hosted', input('runner')],
      log: ({ runner, run }) => buildOutput(run.sha, runner.architecture),
    },
    { name: 'lint', runsOn: ['self-hosted'], needs: 'build', log: () => ['$ npm run lint'] },
  ],
};

/** A GitHub after the incident: v3 was built on arm64. */
export async function openGithub(set: Partial<Workflow> = {}, options: GithubServerOptions = {}): Promise<GithubBench> {
  const now = minutes();
  const github = await startGithub({ now, ...options });
  github.addRunner({
    name: 'corp-arm64-02',
    labels: ['self-hosted', 'Linux', 'ARM64', 'docker'],
    architecture: 'arm64',
  });
  github.addRunner({ name: 'corp-amd64-01', labels: ['self-hosted', 'Linux', 'X64', 'amd64'], architecture: 'amd64' });
  const repository = github.addRepository(PROJECT, [{ ...BUILD, ...set }]);
  const built = github.push(repository, 'v3', REVISION);
  github.step(4);
  github.push(repository, 'main', LATEST);
  github.step(4);
  const usual = {
    name: 'github',
    url: github.url,
    token: github.token,
    caPem: null,
    clock: { ...systemClock, now },
    deadlines: { call: 15_000, log: 60_000, poll: 5 },
  };
  return {
    github,
    repository,
    built,
    history: (more) => createGithubBuildHistory({ ...usual, ...more }),
    rebuilds: (more) => createGithubRebuilds({ ...usual, ...more }),
    close: () => github.close(),
  };
}

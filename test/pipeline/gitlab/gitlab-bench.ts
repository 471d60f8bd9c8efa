import { createGitlabBuildHistory } from '../../../adapters/pipeline/gitlab/build-history.ts';
import type { GitlabOptions } from '../../../adapters/pipeline/gitlab/options.ts';
import { createGitlabRebuilds } from '../../../adapters/pipeline/gitlab/rebuilds.ts';
import { systemClock } from '../../../adapters/system/clock.ts';
import { type GitlabServer, type GitlabServerOptions, startGitlab } from '../../servers/gitlab/start-gitlab.ts';
import type { JobScript, Pipeline, Project } from '../../servers/gitlab/world.ts';
import { buildOutput, LATEST, minutes, PROJECT, REVISION } from '../sample-builds.ts';

export interface GitlabBench {
  readonly gitlab: GitlabServer;
  readonly project: Project;
  /** Of the image with the wrong architecture. */
  readonly built: Pipeline;
  options(set?: Partial<GitlabOptions>): GitlabOptions;
  history(set?: Partial<GitlabOptions>): ReturnType<typeof createGitlabBuildHistory>;
  rebuilds(set?: Partial<GitlabOptions>): ReturnType<typeof createGitlabRebuilds>;
  close(): Promise<void>;
}

const SCRIPT: readonly JobScript[] = [
  {
    name: 'build',
    tags: ['$EXECFMT_RUNNER'],
    log: ({ runner, pipeline }) => buildOutput(pipeline.sha, runner.architecture),
  },
  { name: 'lint', stage: 'test', log: () => ['$ npm run lint'] },
];

/** A GitLab after the incident: v3 was built on arm64, because that is what the file says when nobody asks for more. */
export async function openGitlab(
  set: Partial<Project> = {},
  options: GitlabServerOptions = {},
  script: readonly JobScript[] = SCRIPT,
): Promise<GitlabBench> {
  const gitlab = await startGitlab({ now: minutes(), ...options });
  gitlab.addRunner({ description: 'corp-arm64-02', tags: ['docker', 'arm64'], architecture: 'arm64' });
  gitlab.addRunner({ description: 'corp-amd64-01', tags: ['docker', 'amd64'], architecture: 'amd64' });
  const project = gitlab.addProject(PROJECT, script, { defaults: { EXECFMT_RUNNER: 'arm64' }, ...set });
  const built = gitlab.push(project, 'v3', REVISION);
  gitlab.settle(built);
  gitlab.settle(gitlab.push(project, 'main', LATEST));
  const usual = { name: 'corp-gitlab', url: gitlab.url, token: gitlab.token, caPem: null, clock: systemClock };
  return {
    gitlab,
    project,
    built,
    options: (more) => ({ ...usual, ...more }),
    history: (more) => createGitlabBuildHistory({ ...usual, ...more }),
    rebuilds: (more) => createGitlabRebuilds({ ...usual, ...more }),
    close: () => gitlab.close(),
  };
}

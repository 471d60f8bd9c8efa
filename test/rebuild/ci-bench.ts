import { PROJECT } from '../pipeline/sample-builds.ts';
import type { CiFault } from '../servers/ci/faults.ts';
import { startGithub } from '../servers/github/start-github.ts';
import { startGitlab } from '../servers/gitlab/start-gitlab.ts';

/** A CI server with one project, whose builds a test runs as its runner. */
export interface CiBench {
  /** The part of the configuration: `ci`, with the token in the file that is given. */
  readonly ci: object;
  readonly token: string;
  /** A token that may read and not start. */
  readonly readOnlyToken: string;
  /** How often a build was started through the API. */
  started(): number;
  /** The status of the newest build in the CI server's own word; null when none was started. */
  status(): string | null;
  /** Every job that can goes one state further. */
  step(): void;
  /** From now on the build's script prints this. */
  print(lines: readonly string[]): void;
  fault(match: RegExp, fault: CiFault): void;
  close(): Promise<void>;
}

/** The machine behind the tag `wanted`: its architecture may be another than its tag says. */
export interface RunnerSet {
  readonly name: string;
  readonly architecture: string;
}

export async function openGitlabBench(runner: RunnerSet | null, tokenFile: string): Promise<CiBench> {
  const gitlab = await startGitlab();
  let lines: readonly string[] = [];
  if (runner) gitlab.addRunner({ description: runner.name, tags: ['wanted'], architecture: runner.architecture });
  const project = gitlab.addProject(PROJECT, [{ name: 'build', tags: ['$EXECFMT_RUNNER'], log: () => lines }], {
    defaults: { EXECFMT_RUNNER: 'other' },
  });
  return {
    ci: { 'corp-ci': { gitlab: gitlab.url, tokenFile } },
    token: gitlab.token,
    readOnlyToken: gitlab.addToken({ value: 'glpat-stand-in-reader', scope: 'read_api' }),
    started: () => project.pipelines.length,
    status: () => project.pipelines.at(-1)?.jobs[0]?.status ?? null,
    step: () => gitlab.step(),
    print: (to) => {
      lines = to;
    },
    fault: (match, fault) => gitlab.fault(match, fault),
    close: () => gitlab.close(),
  };
}

/** A self-hosted runner labels itself by what it is; `wanted` was given to it by people. */
const labelsOf = ({ architecture }: RunnerSet) => [
  'self-hosted',
  'Linux',
  architecture === 'arm64' ? 'ARM64' : 'X64',
  'wanted',
];

/** What GitHub fills in from a run's inputs. */
const input = (name: string) => `\${{ inputs.${name} }}`;

export async function openGithubBench(runner: RunnerSet | null, tokenFile: string): Promise<CiBench> {
  const github = await startGithub();
  let lines: readonly string[] = [];
  if (runner) github.addRunner({ name: runner.name, labels: labelsOf(runner), architecture: runner.architecture });
  const repository = github.addRepository(PROJECT, [
    {
      file: 'build.yml',
      name: 'Image',
      runName: `build ${input('execfmt_run')}`,
      inputs: { execfmt_run: {}, runner: { default: 'other' } },
      jobs: [{ name: 'build', runsOn: [input('runner')], log: () => lines }],
    },
  ]);
  const jobOf = () => repository.runs.at(-1)?.jobs[0];
  return {
    ci: { 'corp-ci': { github: github.url, tokenFile } },
    token: github.token,
    readOnlyToken: github.addToken({ value: 'github_pat_stand_in_reader', actions: 'read' }),
    started: () => repository.runs.length,
    status: () => {
      const job = jobOf();
      return job ? (job.conclusion ?? job.status) : null;
    },
    step: () => github.step(),
    print: (to) => {
      lines = to;
    },
    fault: (match, fault) => github.fault(match, fault),
    close: () => github.close(),
  };
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectPipelines } from '../../src/cli/connect-pipelines.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { knownValue } from '../contracts/estate-contract.ts';
import { type GithubBench, openGithub } from '../pipeline/github/github-bench.ts';
import { type GitlabBench, openGitlab } from '../pipeline/gitlab/gitlab-bench.ts';
import { PROJECT } from '../pipeline/sample-builds.ts';

let gitlab: GitlabBench;
let github: GithubBench;
const signal = new AbortController().signal;

beforeEach(async () => {
  [gitlab, github] = await Promise.all([openGitlab(), openGithub()]);
});
afterEach(() => Promise.all([gitlab.close(), github.close()]));

function configOf(services: string, more = '') {
  const parsed = parseConfig(
    `ci:
  corp-gitlab: { gitlab: "${gitlab.gitlab.url}", tokenEnv: GITLAB_TOKEN${more} }
  github: { github: "${github.github.url}", tokenEnv: GITHUB_TOKEN }
services:
  ${services}
approvals:
  production: { approvers: [ "web:you" ] }
`,
    'f',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.config;
}

const APPROVED = `a: { rebuild: { ci: corp-gitlab, project: ${PROJECT} }, approvals: production }`;
const UNAPPROVED = `b: { rebuild: { ci: github, project: ${PROJECT} } }`;
const tokens = () => ({ GITLAB_TOKEN: `${gitlab.gitlab.token}\n`, GITHUB_TOKEN: github.github.token });

describe('the CI servers of a configuration', () => {
  it('are read, and given the means to start something only where somebody may approve it', async () => {
    const { histories, rebuilds } = await connectPipelines(configOf(`${APPROVED}\n  ${UNAPPROVED}`), tokens());
    expect([[...histories.keys()], [...rebuilds.keys()]]).toEqual([['corp-gitlab', 'github'], ['corp-gitlab']]);
    const question = { project: PROJECT, revision: null, tag: 'v3', ref: null, digest: null, builtAt: null, job: null };
    for (const [name, history] of histories) {
      const found = knownValue(await history.evidence(question, signal));
      expect([found.ci, found.job.runner?.architecture]).toEqual([name, 'arm64']);
    }
    const request = { key: 'r-7k2m9x', project: PROJECT, ref: null, job: 'build', runner: 'amd64' };
    expect(await rebuilds.get('corp-gitlab')?.start(request, signal)).toMatchObject({ kind: 'known' });
  });

  it('are left alone when no service names them, so that their tokens need not be there', async () => {
    const { histories } = await connectPipelines(configOf(APPROVED), { GITLAB_TOKEN: 'x' });
    expect([...histories.keys()]).toEqual(['corp-gitlab']);
  });

  it('whose token or authority cannot be read are told by name', async () => {
    await expect(connectPipelines(configOf(APPROVED), {})).rejects.toThrow(/^ci corp-gitlab: .*GITLAB_TOKEN/);
    const config = configOf(APPROVED, ', ca: /no/such/ca.pem');
    await expect(connectPipelines(config, tokens())).rejects.toThrow(
      'ci corp-gitlab: /no/such/ca.pem cannot be read (ENOENT)',
    );
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { type GitlabBench, openGitlab } from '../pipeline/gitlab/gitlab-bench.ts';
import { PROJECT } from '../pipeline/sample-builds.ts';
import { type Stage, startStage } from './practice-stage.ts';

let stage: Stage | null = null;
let bench: GitlabBench | null = null;
const folder = mkdtempSync(join(tmpdir(), 'execfmt-ci-'));
afterEach(async () => {
  await stage?.stop();
  await bench?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('believes the runner and not the log that says amd64', { timeout: 60_000 }, async () => {
  const gitlab = await openGitlab({}, {}, [
    {
      name: 'build',
      tags: ['$EXECFMT_RUNNER'],
      log: () => ['Running with gitlab-runner 16.8.0', '$ docker build -t pdf-renderer:v3 .', 'built amd64/linux'],
    },
  ]);
  bench = gitlab;
  const token = join(folder, 'token');
  writeFileSync(token, gitlab.gitlab.token);
  const configure = (config: Config): Config => ({
    ...config,
    ci: [
      { name: 'corp-gitlab', kind: 'gitlab', url: gitlab.gitlab.url, token: { kind: 'file', path: token }, ca: null },
    ],
    services: config.services.map((service) => ({
      ...service,
      rebuild: { ci: 'corp-gitlab', project: PROJECT, ref: 'main', job: 'build', runner: 'amd64' },
    })),
  });
  stage = await startStage({ configure });
  const state = await stage.application.state(await stage.diagnose('ada'));
  const { origin } = state?.verdict?.verdict ?? {};
  expect(origin).toMatchObject({ kind: 'built-on-other-arch', confidence: 'likely' });
  expect(origin?.because).toContain('corp-arm64-02');
  expect(origin?.because).toContain('built amd64/linux');
  const change = state?.steps.find(({ step }) => step.id === 'change')?.step;
  const build = change?.findings.find(({ check }) => check === 'The build');
  expect(build?.observed).toContain('on corp-arm64-02');
  expect(build?.decision).toBe('The log and the runner contradict each other: believe the runner.');
  const decision = state?.steps.find(({ step }) => step.id === 'decision')?.step;
  expect(decision?.findings.map(({ check }) => check)).toContain('Prevention: pin the runner’s architecture');
  expect(JSON.stringify(state)).not.toContain(gitlab.gitlab.token);
});

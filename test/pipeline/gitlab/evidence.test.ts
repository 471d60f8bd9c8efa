import { afterEach, describe, expect, it } from 'vitest';
import { judgeBuild } from '../../../src/playbook/judge-build.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { buildOutput, PROJECT } from '../sample-builds.ts';
import { type GitlabBench, openGitlab } from './gitlab-bench.ts';

let bench: GitlabBench;
const signal = new AbortController().signal;
const question = { project: PROJECT, revision: null, tag: 'v3', ref: null, digest: null, builtAt: null, job: null };
const evidence = async (token = bench.gitlab.token, of = {}) =>
  knownValue(await bench.history({ token }).evidence({ ...question, ...of }, signal));

afterEach(() => bench.close());

describe('the runner of a GitLab job', () => {
  it('is known to every reader in a newer GitLab', async () => {
    bench = await openGitlab();
    const token = bench.gitlab.addToken({ value: 'glpat-reporter', role: 'reporter', scope: 'read_api' });
    const { job } = await evidence(token);
    expect(job.runner).toEqual({
      name: 'corp-arm64-02',
      labels: ['arm64'],
      architecture: 'arm64',
      os: 'linux',
      unknownBecause: null,
    });
  });

  it('is known in an older one to those who may see runners, else by its name', async () => {
    bench = await openGitlab({}, { newer: false });
    expect((await evidence()).job.runner).toMatchObject({ architecture: 'arm64', labels: ['docker', 'arm64'] });
    const token = bench.gitlab.addToken({ value: 'glpat-reporter', role: 'reporter', scope: 'read_api' });
    const found = await evidence(token);
    expect(found.job.runner).toMatchObject({
      architecture: null,
      unknownBecause: expect.stringContaining('Maintainer'),
    });
    expect(judgeBuild(found)).toMatchObject({ architecture: 'arm64', knownFrom: 'runner-label' });
  });
});

describe('the build of an image in GitLab', () => {
  it('is found among many pipelines and jobs, page by page', async () => {
    const others = Array.from({ length: 120 }, (_, index) => ({ name: `test ${index}`, log: () => ['$ make'] }));
    const build = { name: 'image', log: () => buildOutput('x', 'arm64') };
    bench = await openGitlab({}, {}, [build, ...others]);
    expect((await evidence()).job.name).toBe('image');
    const pages = bench.gitlab.calls
      .filter(({ path }) => path.includes('/jobs?'))
      .map(({ path }) => /[?&]page=\d+/.exec(path)?.[0]);
    expect(pages).toEqual(['&page=1', '&page=2', '&page=3']);
  });

  it('is told without its log when that was erased', async () => {
    bench = await openGitlab();
    for (const job of bench.built.jobs) job.trace = '';
    const found = await evidence(bench.gitlab.token, { job: 'build' });
    expect(found.log).toMatchObject({ kind: 'probe-failed', why: { code: 'not-found' } });
    expect(judgeBuild(found)).toMatchObject({ architecture: 'arm64', knownFrom: 'ci-server', contradictions: [] });
  });

  it('is read from a log of many megabytes, without holding it', async () => {
    const filler = Array.from({ length: 150_000 }, () => '#8 1.234 Get:1 http://deb.debian.org/debian bookworm');
    bench = await openGitlab({}, {}, [{ name: 'build', log: () => [...filler, ...buildOutput('x', 'arm64')] }]);
    const log = knownValue((await evidence()).log);
    expect(log).toMatchObject({ truncated: false, pushed: { length: 1 }, runnerName: 'corp-arm64-02' });
    expect(log.pushed[0]?.line.number).toBeGreaterThan(150_000);
  });

  it('shows no secrets that its log printed', async () => {
    const secret = `glpat-${'x1'.repeat(10)}`;
    const log = () => [
      `$ docker login -u ci -p hunter22 && docker build --build-arg T=${secret} .`,
      `built linux/arm64 ${secret}`,
    ];
    bench = await openGitlab({}, {}, [{ name: 'build', log }]);
    const found = await evidence();
    expect(JSON.stringify(found)).not.toMatch(/x1x1|hunter22/);
    expect(knownValue(found.log).claims).toHaveLength(1);
  });
});

describe('a GitLab that does not answer for a runner', () => {
  it('is asked for the rest all the same', async () => {
    bench = await openGitlab({}, { newer: false });
    bench.gitlab.fault(/\/runners\//, { kind: 'status', status: 500 });
    const { job } = await evidence();
    expect(job.runner).toMatchObject({
      name: 'corp-arm64-02',
      architecture: null,
      unknownBecause: expect.stringContaining('500'),
    });
  });
});

describe('a log without end', () => {
  it('is read up to 32 MiB, and said to be longer', async () => {
    bench = await openGitlab();
    const body = `${'x'.repeat(1023)}\n`.repeat(34 * 1024);
    bench.gitlab.fault(/\/trace$/, { kind: 'status', status: 200, body });
    const log = knownValue((await evidence(bench.gitlab.token, { job: 'build' })).log);
    expect(log.truncated).toBe(true);
    expect(log.lineCount).toBeLessThan(34 * 1024);
  });
});

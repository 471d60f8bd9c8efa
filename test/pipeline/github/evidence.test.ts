import { afterEach, describe, expect, it } from 'vitest';
import { hostedArchitecture, imageArchitecture } from '../../../src/playbook/hosted-runners.ts';
import { judgeBuild } from '../../../src/playbook/judge-build.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { buildOutput, PROJECT } from '../sample-builds.ts';
import { BUILD, type GithubBench, openGithub } from './github-bench.ts';

let bench: GithubBench;
const signal = new AbortController().signal;
const question = { project: PROJECT, revision: null, tag: 'v3', ref: null, digest: null, builtAt: null, job: null };
const evidence = async (of = {}, token = bench.github.token) =>
  knownValue(await bench.history({ token }).evidence({ ...question, ...of }, signal));

afterEach(() => bench.close());

describe('the runner of a GitHub job', () => {
  it('of one’s own is known to administrators, else by the label that the job asked for', async () => {
    bench = await openGithub();
    expect((await evidence()).job.runner).toEqual({
      name: 'corp-arm64-02',
      labels: ['self-hosted', 'Linux', 'ARM64', 'docker', 'arm64'],
      architecture: 'arm64',
      os: 'linux',
      unknownBecause: null,
    });
    const found = await evidence({}, bench.github.addToken({ value: 'github_pat_reads' }));
    expect(found.job.runner).toMatchObject({
      architecture: null,
      unknownBecause: expect.stringContaining('Administration: read'),
    });
    expect(judgeBuild(found)).toMatchObject({ architecture: 'arm64', knownFrom: 'runner-label' });
  });

  it('of GitHub’s own is known by its label', async () => {
    const jobs = [{ name: 'build', runsOn: ['ubuntu-24.04-arm'], log: () => buildOutput('x', 'arm64') }];
    bench = await openGithub({ jobs });
    bench.github.addRunner({
      name: 'GitHub Actions 7',
      group: 'GitHub Actions',
      labels: ['ubuntu-24.04-arm'],
      architecture: 'arm64',
    });
    bench.github.step(4);
    const found = await evidence();
    expect(found.job.runner).toMatchObject({ name: 'GitHub Actions 7', architecture: 'arm64', unknownBecause: null });
    expect(knownValue(found.log).runnerImage).toBe('ubuntu-24.04-arm');
    expect(judgeBuild(found).contradictions).toHaveLength(1);
  });

  it.each<[string, string | null]>([
    ['ubuntu-latest', 'amd64'],
    ['ubuntu-24.04', 'amd64'],
    ['Ubuntu-22.04-ARM', 'arm64'],
    ['windows-11-arm', 'arm64'],
    ['windows-2022', 'amd64'],
    ['macos-13', 'amd64'],
    ['macos-15', 'arm64'],
    ['macos-latest', 'arm64'],
    ['macos-15-intel', 'amd64'],
    ['macos-14-large', 'amd64'],
    ['macos-13-xlarge', 'arm64'],
    ['our-16-cores', null],
    ['self-hosted', null],
  ])('the label %j is of %j', (label, expected) => {
    expect(hostedArchitecture(label)).toBe(expected);
  });
});

describe('an image’s name in a log', () => {
  it.each<[string, string | null]>([
    ['ubuntu-24.04', 'amd64'],
    ['ubuntu-24.04-arm', 'arm64'],
    ['ubuntu-24.04-arm64', 'arm64'],
    ['macos-15', 'amd64'],
    ['macos-14-arm64', 'arm64'],
    ['our-image', null],
  ])('%j is of %j', (image, expected) => {
    expect(imageArchitecture(image)).toBe(expected);
  });
});

describe('what `job` means', () => {
  const jobs = BUILD.jobs;
  const files = async (job: string | null) => {
    const answer = await bench.history().evidence({ ...question, job }, signal);
    return answer.kind === 'known' ? answer.value.job.name : answer.why.code;
  };

  it.each<[string | null, string]>([
    [null, 'build'],
    ['build.yml', 'build'],
    ['build.yml/lint', 'lint'],
    ['build', 'build'],
    ['Image', 'build'],
    ['lint', 'lint'],
    ['none', 'not-found'],
    ['none.yml', 'not-found'],
  ])('%j: %s', async (job, expected) => {
    bench = await openGithub();
    expect(await files(job)).toBe(expected);
  });

  it('has to be told where several workflows could be meant', async () => {
    bench = await openGithub();
    bench.github.addRepository('docs/two', [
      { ...BUILD, file: 'build.yml', name: 'Image', jobs },
      { ...BUILD, file: 'release.yaml', name: 'Release', jobs },
      { ...BUILD, file: 'old.yml', name: 'Old', jobs, state: 'disabled_manually' },
    ]);
    const start = (job: string | null) =>
      bench.rebuilds().start({ key: 'r-7k2m9x', project: 'docs/two', ref: null, job, runner: null }, signal);
    expect(await start('lint')).toMatchObject({
      why: { code: 'invalid', message: expect.stringContaining('It has build.yml, release.yaml; write') },
    });
    expect(await start(null)).toMatchObject({ why: { code: 'invalid' } });
    expect(await start('release')).toMatchObject({ kind: 'known', value: { job: null } });
    expect(await start('release.yaml/build')).toMatchObject({ kind: 'known', value: { job: 'build' } });
  });
});

describe('the build of an image in GitHub', () => {
  it('is found among many jobs, page by page', async () => {
    const others = Array.from({ length: 120 }, (_, index) => ({ name: `test ${index}`, runsOn: ['self-hosted'] }));
    const build = { name: 'image', runsOn: ['arm64'], log: () => buildOutput('x', 'arm64') };
    bench = await openGithub({ jobs: [...others, build] });
    expect((await evidence()).job.name).toBe('image');
    expect(bench.github.calls.filter(({ path }) => path.includes('/jobs?'))).toHaveLength(3);
  });

  it('is none that was skipped', async () => {
    const failing = { name: 'test', runsOn: ['arm64'], fails: true };
    bench = await openGithub({ jobs: [failing, { name: 'build', runsOn: ['arm64'], needs: 'test' }] });
    const answer = await bench.history().evidence({ ...question, job: 'build.yml/build' }, signal);
    expect(answer).toMatchObject({ why: { code: 'not-found' } });
  });
});

describe('a GitHub that does not answer for a runner', () => {
  it('is asked for the rest all the same', async () => {
    bench = await openGithub();
    bench.github.fault(/\/runners\//, { kind: 'status', status: 500 });
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
    bench = await openGithub();
    const body = `${'x'.repeat(1023)}\n`.repeat(34 * 1024);
    bench.github.fault(/^GET \/logs\//, { kind: 'status', status: 200, body });
    const log = knownValue((await evidence({ job: 'build.yml/build' })).log);
    expect(log.truncated).toBe(true);
    expect(log.lineCount).toBeLessThan(34 * 1024);
  });
});

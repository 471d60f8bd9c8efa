import { afterEach, describe, expect, it } from 'vitest';
import { knownValue } from '../../contracts/estate-contract.ts';
import type { JobScript } from '../../servers/gitlab/world.ts';
import { buildOutput, PROJECT } from '../sample-builds.ts';
import { type GitlabBench, openGitlab } from './gitlab-bench.ts';

let bench: GitlabBench;
const signal = new AbortController().signal;
const request = { key: 'r-7k2m9x', project: PROJECT, ref: 'main', job: 'build', runner: 'amd64' };
const start = async (set = {}) => knownValue(await bench.rebuilds().start({ ...request, ...set }, signal));
const look = async (handle: Awaited<ReturnType<typeof start>>) =>
  knownValue(await bench.rebuilds().look(handle, signal));
const script = (...jobs: readonly (Partial<JobScript> & { name: string })[]) =>
  jobs.map((job) => ({ log: () => buildOutput('x', 'amd64'), ...job }));

afterEach(() => bench.close());

describe('a rebuild in GitLab', () => {
  it('gives the pipeline its key and runner as variables, and its default branch where none is named', async () => {
    bench = await openGitlab({ defaultBranch: 'trunk', refs: new Map([['trunk', 'c3'.repeat(20)]]) });
    await start({ ref: null });
    const [post] = bench.gitlab.calls.filter(({ method }) => method === 'POST');
    expect(JSON.parse(post?.body ?? '')).toEqual({
      ref: 'trunk',
      variables: [
        { key: 'EXECFMT_RUN', value: 'r-7k2m9x' },
        { key: 'EXECFMT_RUNNER', value: 'amd64' },
      ],
    });
  });

  it('runs where the pipeline says when the file does not use the variable, and that is seen', async () => {
    bench = await openGitlab({}, {}, script({ name: 'build', tags: ['arm64'] }));
    const handle = await start();
    bench.gitlab.step(3);
    expect(await look(handle)).toMatchObject({ status: 'succeeded', job: { runner: { architecture: 'arm64' } } });
  });

  it('waits as long as no runner has the tag', async () => {
    bench = await openGitlab();
    const handle = await start({ runner: 'riscv64' });
    bench.gitlab.step(9);
    expect(await look(handle)).toMatchObject({
      status: 'waiting-for-runner',
      over: false,
      said: 'the job build is pending',
      job: { runner: null },
    });
  });

  it('plays a job that waits for a hand', async () => {
    bench = await openGitlab({}, {}, script({ name: 'build', manual: true }));
    const handle = await start();
    bench.gitlab.step(2);
    expect((await look(handle)).status).toBe('waiting-for-hand');
    expect(await bench.rebuilds().play(handle, signal)).toEqual({ kind: 'known', value: undefined });
    expect(await bench.rebuilds().play(handle, signal)).toMatchObject({ why: { code: 'conflict' } });
    bench.gitlab.step(2);
    expect((await look(handle)).status).toBe('succeeded');
  });

  it('is over when the building job is, whatever comes behind it', async () => {
    bench = await openGitlab({}, {}, script({ name: 'build' }, { name: 'deploy', stage: 'deploy', manual: true }));
    const handle = await start();
    bench.gitlab.step(5);
    expect(await look(handle)).toMatchObject({ status: 'succeeded', over: true, job: { name: 'build' } });
  });

  it('never comes to the building job when an earlier one fails', async () => {
    bench = await openGitlab({}, {}, script({ name: 'test', fails: true }, { name: 'build', stage: 'test' }));
    const handle = await start();
    bench.gitlab.step(5);
    expect(await look(handle)).toMatchObject({ status: 'skipped', over: true, log: null });
  });

  it('says when the pipeline has no such job', async () => {
    bench = await openGitlab({}, {}, script({ name: 'image' }));
    const handle = await start();
    bench.gitlab.step(5);
    expect(await look(handle)).toMatchObject({
      status: 'skipped',
      said: 'the pipeline is success and has no job build',
    });
  });

  it('is as far as the last of the jobs that a matrix made', async () => {
    bench = await openGitlab({}, {}, script({ name: 'build: [amd64]' }, { name: 'build: [arm64]', fails: true }));
    const handle = await start();
    bench.gitlab.step(1);
    expect((await look(handle)).status).toBe('waiting-for-runner');
    bench.gitlab.step(2);
    expect(await look(handle)).toMatchObject({ status: 'failed', over: true, job: null });
  });

  it('is the whole pipeline where no job is named', async () => {
    bench = await openGitlab({}, {}, script({ name: 'one' }, { name: 'two', stage: 'test' }));
    const handle = await start({ job: null });
    bench.gitlab.step(4);
    expect((await look(handle)).status).toBe('running');
    bench.gitlab.step(4);
    expect(await look(handle)).toMatchObject({ status: 'succeeded', over: true, job: null });
  });

  it('is found among the pipelines of others, whose variables are hidden', async () => {
    bench = await openGitlab();
    const others = bench.gitlab.addToken({ value: 'glpat-others', user: 'ben' });
    const token = bench.gitlab.addToken({ value: 'glpat-bot', user: 'bot' });
    const handle = knownValue(await bench.rebuilds({ token }).start(request, signal));
    for (const key of ['r-a', 'r-b', 'r-c', 'r-d', 'r-e', 'r-f'])
      await bench.rebuilds({ token: others }).start({ ...request, key }, signal);
    expect(await bench.rebuilds({ token }).find(request, signal)).toEqual({ kind: 'known', value: handle });
    expect(await bench.rebuilds({ token }).find({ ...request, key: 'r-a' }, signal)).toEqual({
      kind: 'known',
      value: null,
    });
  });
});

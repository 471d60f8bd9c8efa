import { afterEach, describe, expect, it } from 'vitest';
import { knownValue } from '../../contracts/estate-contract.ts';
import { PROJECT } from '../sample-builds.ts';
import { BUILD, type GithubBench, openGithub } from './github-bench.ts';

let bench: GithubBench;
const signal = new AbortController().signal;
const request = { key: 'r-7k2m9x', project: PROJECT, ref: 'main', job: 'build.yml/build', runner: 'amd64' };
const start = (set = {}) => bench.rebuilds().start({ ...request, ...set }, signal);
const look = async (handle: Parameters<ReturnType<GithubBench['rebuilds']>['look']>[0]) =>
  knownValue(await bench.rebuilds().look(handle, signal));
const posts = () => bench.github.calls.filter(({ method }) => method === 'POST');

afterEach(() => bench.close());

describe('a rebuild in GitHub', () => {
  it('gives the workflow its key and runner as inputs, and asks for the run that comes of it', async () => {
    bench = await openGithub();
    const handle = knownValue(await start({ ref: null }));
    expect(posts().map(({ body }) => JSON.parse(body))).toEqual([
      { ref: 'main', inputs: { execfmt_run: 'r-7k2m9x', runner: 'amd64' }, return_run_details: true },
    ]);
    expect(handle.url).toBe(`${bench.github.url}/${PROJECT}/actions/runs/${handle.id}`);
  });

  it.each<[string, Parameters<typeof openGithub>[0], string]>([
    ['a workflow without that trigger', { inputs: null }, "does not have 'workflow_dispatch' trigger"],
    ['inputs that it does not declare', { inputs: {} }, 'Unexpected inputs provided'],
    [
      'a required input that we do not know',
      { inputs: { ...BUILD.inputs, stage: { required: true } } },
      "'stage' not provided",
    ],
  ])('is refused by %s', async (_what, set, words) => {
    bench = await openGithub(set);
    expect(await start()).toMatchObject({ why: { code: 'invalid', message: expect.stringContaining(words) } });
  });

  it('is found by its title where the server does not tell the run, once that appears', async () => {
    bench = await openGithub({}, { tellsRuns: false, appearsAfter: 3 });
    const other = { ...request, key: 'r-7k2m9' };
    const [handle, second] = [knownValue(await start()), knownValue(await start(other))];
    expect(handle.id).not.toBe(second.id);
    expect(bench.repository.runs.filter(({ event }) => event === 'workflow_dispatch')).toHaveLength(2);
    expect(await bench.rebuilds().find(other, signal)).toEqual({ kind: 'known', value: second });
  });

  it('whose start was not answered is found once it appears', async () => {
    bench = await openGithub({}, { appearsAfter: 3 });
    bench.github.fault(/\/dispatches$/, { kind: 'cut', when: 'after' });
    const handle = knownValue(await start());
    expect(bench.repository.runs.find(({ id }) => String(id) === handle.id)?.inputs.execfmt_run).toBe('r-7k2m9x');
    expect(posts()).toHaveLength(1);
  });

  it('whose start was not answered and that did not begin is told as a failure', async () => {
    bench = await openGithub();
    bench.github.fault(/\/dispatches$/, { kind: 'status', status: 502 });
    expect(await start()).toMatchObject({ why: { code: 'unreachable' } });
    expect(posts()).toHaveLength(1);
  });

  it('is the only new run where the workflow makes no title', async () => {
    bench = await openGithub({ runName: null }, { tellsRuns: false, appearsAfter: 2 });
    const handle = knownValue(await start());
    bench.github.step(3);
    expect(await look(handle)).toMatchObject({ status: 'succeeded', job: { runner: { architecture: 'amd64' } } });
  });

  it('that cannot be told from another’s is said to run, and how to make it known', async () => {
    bench = await openGithub({ runName: null }, { tellsRuns: false, appearsAfter: 1 });
    // Somebody else's run appears at the same time.
    await fetch(`${bench.github.url}/repos/${PROJECT}/actions/workflows/build.yml/dispatches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bench.github.token}` },
      body: JSON.stringify({ ref: 'main' }),
    });
    expect(await start()).toMatchObject({ why: { code: 'conflict', message: expect.stringContaining('run-name') } });
    expect(bench.repository.runs.filter(({ event }) => event === 'workflow_dispatch')).toHaveLength(2);
  });

  it('waits for a person where an environment has to be approved', async () => {
    bench = await openGithub({ jobs: [{ name: 'build', runsOn: ['amd64'], waits: true }] });
    const handle = knownValue(await start());
    bench.github.step(2);
    expect(await look(handle)).toMatchObject({ status: 'waiting-for-hand', over: false, job: { runner: null } });
    expect(await bench.rebuilds().play(handle, signal)).toMatchObject({
      why: { code: 'unsupported', message: expect.stringContaining(handle.url) },
    });
  });

  it('never comes to the building job when an earlier one fails', async () => {
    const jobs = [
      { name: 'test', runsOn: ['amd64'], fails: true },
      { name: 'build', runsOn: ['amd64'], needs: 'test' },
    ];
    bench = await openGithub({ jobs });
    const handle = knownValue(await start());
    bench.github.step(4);
    expect(await look(handle)).toMatchObject({ status: 'skipped', over: true, log: null });
  });

  it('says when the workflow has no such job', async () => {
    bench = await openGithub();
    const handle = knownValue(await start({ job: 'build.yml/image' }));
    bench.github.step(6);
    expect(await look(handle)).toMatchObject({
      status: 'skipped',
      over: true,
      said: 'the run: success, and has no job image',
    });
  });

  it('is the whole run where no job is named', async () => {
    bench = await openGithub();
    const handle = knownValue(await start({ job: 'build.yml' }));
    bench.github.step(2);
    expect((await look(handle)).status).toBe('running');
    bench.github.step(3);
    expect(await look(handle)).toMatchObject({ status: 'succeeded', over: true, job: null });
  });

  it('that ends while it is cancelled is over', async () => {
    bench = await openGithub();
    const handle = knownValue(await start());
    bench.github.fault(/\/cancel$/, { kind: 'status', status: 409, body: '{"message":"Cannot cancel"}' });
    expect(await bench.rebuilds().cancel(handle, signal)).toEqual({ kind: 'known', value: 'over' });
  });

  it('is not cancelled under the key of another one', async () => {
    bench = await openGithub();
    const handle = knownValue(await start());
    const foreign = { ...handle, key: 'r-another' };
    expect(await bench.rebuilds().cancel(foreign, signal)).toMatchObject({ why: { code: 'conflict' } });
    expect(posts()).toHaveLength(1);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GithubServer, startGithub } from './start-github.ts';
import type { Repository, Run } from './world.ts';

let github: GithubServer;
let repository: Repository;
let run: Run;

beforeEach(async () => {
  github = await startGithub();
  github.addRunner({ name: 'one', labels: ['self-hosted', 'X64', 'docker'], architecture: 'amd64' });
  repository = github.addRepository('docs/app', [
    { file: 'build.yml', inputs: { runner: {} }, jobs: [{ name: 'build', runsOn: ['self-hosted'] }] },
    { file: 'push.yml', jobs: [] },
  ]);
  run = github.push(repository, 'main', 'a1'.repeat(20));
});
afterEach(() => github.close());

const call = async (method: string, path: string, token: string | null = github.token, body?: unknown) => {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const init = {
    method,
    headers,
    redirect: 'manual' as const,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const response = await fetch(path.startsWith('/') ? github.url + path : path, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
};
const base = '/repos/docs/app';
const dispatches = (file: string) => `${base}/actions/workflows/${file}/dispatches`;

describe('the local GitHub', () => {
  it.each<[string, string, string | null, unknown, number]>([
    ['GET', base, null, undefined, 404],
    ['GET', base, 'wrong', undefined, 401],
    ['GET', '/repos/docs/other', 'token', undefined, 404],
    ['POST', dispatches('none.yml'), 'token', { ref: 'main' }, 404],
    ['POST', dispatches('push.yml'), 'token', { ref: 'main' }, 422],
    ['POST', dispatches('build.yml'), 'token', {}, 422],
    ['POST', dispatches('build.yml'), 'token', { ref: 'none' }, 422],
    ['POST', dispatches('build.yml'), 'token', { ref: 'main', inputs: { odd: 'x' } }, 422],
    ['POST', dispatches('build.yml'), 'token', { ref: 'main', odd: true }, 422],
    ['POST', dispatches('build.yml'), 'token', { ref: 'main', inputs: { runner: 'x' } }, 204],
    ['POST', dispatches('build.yml'), 'token', { ref: 'main', return_run_details: true }, 200],
  ])('answers %s %s of %j with %j by %j', async (method, path, token, body, status) => {
    const answered = await call(method, path, token === 'token' ? github.token : token, body);
    expect(answered.status).toBe(status);
    expect(answered.headers.get('x-ratelimit-limit')).toBe('5000');
  });

  it('names the permission that would have been enough', async () => {
    const token = github.addToken({ value: 'github_pat_reads' });
    const { status, headers } = await call('POST', `${base}/actions/runs/${run.id}/cancel`, token);
    expect([status, headers.get('x-accepted-github-permissions')]).toEqual([403, 'actions=write']);
  });

  it('gives pages with a Link header, the last one without a next', async () => {
    for (let count = 0; count < 4; count++) github.push(repository, 'main', 'b2'.repeat(20));
    const page = (number: number) => call('GET', `${base}/actions/runs?per_page=2&page=${number}`);
    const [first, last] = [await page(1), await page(3)];
    expect([JSON.parse(first.body).total_count, JSON.parse(last.body).workflow_runs.length]).toEqual([5, 1]);
    expect(first.headers.get('link')).toContain('page=2>; rel="next"');
    expect(last.headers.get('link')).toBeNull();
  });

  it('accepts a cancel once, and says when a run is over', async () => {
    const cancel = async () => (await call('POST', `${base}/actions/runs/${run.id}/cancel`)).status;
    expect([await cancel(), await cancel()]).toEqual([202, 409]);
  });

  it('keeps logs elsewhere, where a token is refused and only a signed address is known', async () => {
    github.step(2);
    const path = `${base}/actions/jobs/${run.jobs[0]!.id}/logs`;
    const { status, headers } = await call('GET', path);
    const location = headers.get('location') ?? '';
    expect([status, new URL(location).origin === new URL(github.url).origin]).toEqual([302, false]);
    const [withToken, without] = [await call('GET', location), await call('GET', location, null)];
    const guessed = await call('GET', location.replace(/sig=.*/, 'sig=x'), null);
    expect([withToken.status, without.status, guessed.status]).toEqual([400, 200, 403]);
    expect(without.body).toContain("Runner name: 'one'");
  });

  it('has no log of a job that still runs', async () => {
    github.step(1);
    expect((await call('GET', `${base}/actions/jobs/${run.jobs[0]!.id}/logs`)).status).toBe(404);
  });
});

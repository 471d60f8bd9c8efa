import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitlabServer, startGitlab } from './start-gitlab.ts';
import type { Pipeline, Project } from './world.ts';

let gitlab: GitlabServer;
let project: Project;
let pipeline: Pipeline;

beforeEach(async () => {
  gitlab = await startGitlab();
  gitlab.addRunner({ description: 'one', tags: ['docker'], architecture: 'amd64' });
  project = gitlab.addProject('docs/app', [{ name: 'build', tags: ['docker'] }]);
  pipeline = gitlab.push(project, 'main', 'a1'.repeat(20));
});
afterEach(() => gitlab.close());

const call = async (method: string, path: string, token: string | null = gitlab.token, body?: unknown) => {
  const headers = { ...(token !== null && { 'private-token': token }), 'content-type': 'application/json' };
  const init = {
    method,
    headers,
    redirect: 'manual' as const,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const response = await fetch(`${gitlab.url}${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
};
const base = '/api/v4/projects/docs%2Fapp';

describe('the local GitLab', () => {
  it.each<[string, string, string | null, unknown, number]>([
    ['GET', base, null, undefined, 404],
    ['GET', base, 'wrong', undefined, 401],
    ['GET', '/api/v4/projects/docs%2Fother', 'token', undefined, 404],
    ['GET', `${base}/pipelines/1`, 'token', undefined, 404],
    ['POST', `${base}/pipeline`, null, { ref: 'main' }, 401],
    ['POST', `${base}/pipeline`, 'token', {}, 400],
    ['POST', `${base}/pipeline`, 'token', { ref: 'none' }, 400],
    ['POST', `${base}/pipeline`, 'token', { ref: 'main' }, 201],
    ['GET', '/docs/app', 'token', undefined, 302],
  ])('answers %s %s of %j with %j by %j', async (method, path, token, body, status) => {
    expect((await call(method, path, token === 'token' ? gitlab.token : token, body)).status).toBe(status);
  });

  it('tells a scope that is missing by its code', async () => {
    const token = gitlab.addToken({ value: 'glpat-reads', scope: 'read_api' });
    const { status, body } = await call('POST', `${base}/pipeline`, token, { ref: 'main' });
    expect([status, JSON.parse(body)]).toMatchObject([403, { error: 'insufficient_scope', scope: 'api' }]);
  });

  it('gives pages with GitLab’s headers', async () => {
    for (let count = 0; count < 4; count++) gitlab.push(project, 'main', 'b2'.repeat(20));
    const { headers, body } = await call('GET', `${base}/pipelines?per_page=2&page=2`);
    expect(JSON.parse(body)).toHaveLength(2);
    expect(['x-page', 'x-next-page', 'x-prev-page', 'x-total'].map((name) => headers.get(name))).toEqual([
      '2',
      '3',
      '1',
      '5',
    ]);
    expect(headers.get('link')).toContain('page=3>; rel="next"');
  });

  it('refuses to retry a job that is not over, and to play one that does not wait', async () => {
    const id = pipeline.jobs[0]!.id;
    const post = async (verb: string) => (await call('POST', `${base}/jobs/${id}/${verb}`)).status;
    expect([await post('retry'), await post('play')]).toEqual([403, 400]);
    expect(gitlab.settle(pipeline)).toBe('success');
    expect(await post('retry')).toBe(201);
    expect(pipeline.jobs[0]?.status).toBe('pending');
  });

  it('answers 200 for cancelling what is over, and does nothing', async () => {
    gitlab.settle(pipeline);
    const { status, body } = await call('POST', `${base}/pipelines/${pipeline.id}/cancel`);
    expect([status, JSON.parse(body).status]).toEqual([200, 'success']);
  });

  it('shows runners and the variables of others to maintainers only', async () => {
    const token = gitlab.addToken({ value: 'glpat-developer' });
    gitlab.settle(pipeline);
    const paths = [`/api/v4/runners/${pipeline.jobs[0]!.runner!.id}`, `${base}/pipelines/${pipeline.id}/variables`];
    for (const path of paths)
      expect([(await call('GET', path)).status, (await call('GET', path, token)).status]).toEqual([200, 403]);
  });
});

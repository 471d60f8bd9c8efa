import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitlabOptions } from '../../../adapters/pipeline/gitlab/options.ts';
import type { CiFault } from '../../servers/ci/faults.ts';
import { PROJECT } from '../sample-builds.ts';
import { type GitlabBench, openGitlab } from './gitlab-bench.ts';

let bench: GitlabBench;
const signal = new AbortController().signal;
const question = { project: PROJECT, revision: null, tag: 'v3', ref: null, digest: null, builtAt: null, job: 'build' };
const read = async (set: Partial<GitlabOptions> = {}) => {
  const answer = await bench.history(set).evidence(question, signal);
  return answer.kind === 'known' ? 'known' : answer.why;
};
const request = { key: 'r-7k2m9x', project: PROJECT, ref: 'main', job: 'build', runner: 'amd64' };
const start = async (set: Partial<GitlabOptions> = {}) => {
  const answer = await bench.rebuilds(set).start(request, signal);
  return answer.kind === 'known' ? 'known' : answer.why;
};

beforeEach(async () => {
  bench = await openGitlab();
});
afterEach(() => bench.close());

describe('what GitLab refuses', () => {
  it.each<[string, Partial<GitlabOptions>, string, string]>([
    ['no token', { token: null }, 'not-found', 'only public projects'],
    ['a wrong token', { token: 'glpat-wrong' }, 'denied', 'does not know the token (401). Make a new one'],
    ['a token with a line end', { token: 'glpat-x\n' }, 'denied', 'holds blanks'],
  ])('%s', async (_what, set, code, words) => {
    expect(await read(set)).toMatchObject({ code, target: 'corp-gitlab', message: expect.stringContaining(words) });
  });

  it('a token that has expired', async () => {
    const token = bench.gitlab.addToken({ value: 'glpat-old', expired: true });
    expect(await read({ token })).toMatchObject({
      code: 'denied',
      message: expect.stringContaining('expired or was revoked'),
    });
  });

  it('to start with a scope or role that only reads, which is enough to read', async () => {
    const scope = bench.gitlab.addToken({ value: 'glpat-reads', scope: 'read_api', role: 'reporter' });
    expect(await read({ token: scope })).toBe('known');
    expect(await start({ token: scope })).toMatchObject({
      code: 'denied',
      message: expect.stringContaining('needs the scope api'),
    });
    const role = bench.gitlab.addToken({ value: 'glpat-reporter', role: 'reporter' });
    expect(await start({ token: role })).toMatchObject({ code: 'denied', message: expect.stringContaining('role') });
  });

  it('a project that the token may not see', async () => {
    const token = bench.gitlab.addToken({ value: 'glpat-elsewhere', projects: [] });
    expect(await read({ token })).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('docs/pdf-renderer'),
    });
  });

  it('variables where the project allows none, in its own words', async () => {
    await bench.close();
    bench = await openGitlab({ allowsVariables: false });
    expect(await start()).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('Insufficient permissions to set pipeline variables'),
    });
  });

  it.each<[string, CiFault, string]>([
    ['an error of its own', { kind: 'status', status: 500 }, 'unreachable'],
    ['a redirect', { kind: 'status', status: 301, headers: { location: 'http://127.0.0.1:9/' } }, 'invalid'],
    ['a page in place of the API', { kind: 'status', status: 200, body: '<html>' }, 'invalid'],
    ['too much', { kind: 'status', status: 200, body: `[${' '.repeat(8 * 1024 ** 2)}]` }, 'too-large'],
    [
      'a limit of its calls for an hour',
      { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
      'rate-limited',
    ],
  ])('%s', async (_what, fault, code) => {
    bench.gitlab.fault(/\/pipelines$/, fault);
    expect(await read()).toMatchObject({ code, target: 'corp-gitlab' });
  });

  it('without secrets in its words', async () => {
    const body = JSON.stringify({ message: `bad token ${'glpat-'}${'x1'.repeat(12)}\n\u001b[31mred` });
    bench.gitlab.fault(/^POST/, { kind: 'status', status: 400, body });
    const why = JSON.stringify(await start());
    expect(why).toContain('[removed: GitLab token]');
    expect(why).not.toMatch(/x1x1|\\u001b/);
  });
});

describe('a GitLab that is busy', () => {
  it.each<[string, CiFault]>([
    ['its limit of calls, for a moment', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
    ['a gateway', { kind: 'status', status: 502 }],
    ['a connection that is cut', { kind: 'cut' }],
  ])('is asked again: %s', async (_what, fault) => {
    bench.gitlab.fault(/\/pipelines$/, fault);
    expect(await read()).toBe('known');
  });

  it('is not told twice to start something, unless it refused unseen', async () => {
    const posts = () => bench.gitlab.calls.filter(({ method }) => method === 'POST').length;
    bench.gitlab.fault(/^POST/, { kind: 'status', status: 502 });
    expect(await start()).toMatchObject({ code: 'unreachable' });
    expect(posts()).toBe(1);
    bench.gitlab.fault(/^POST/, { kind: 'status', status: 429, headers: { 'retry-after': '0' } });
    expect(await start()).toBe('known');
    expect(posts()).toBe(3);
  });

  it('that breaks down behind a start leaves it to the next one to find what began', async () => {
    bench.gitlab.fault(/^POST/, { kind: 'cut', when: 'after' });
    bench.gitlab.fault(/^GET .*\/pipelines$/, { kind: 'status', status: 500 }, 1);
    expect(await start()).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('could not be reached'),
    });
    expect(await start()).toBe('known');
    expect(bench.gitlab.calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('that never answers is a timeout', async () => {
    bench.gitlab.fault(/\/pipelines$/, { kind: 'silence' });
    expect(await read({ deadlines: { call: 100, log: 100 } })).toMatchObject({ code: 'timeout' });
  });

  it('that is not there is unreachable', async () => {
    await bench.gitlab.close();
    expect(await read()).toMatchObject({ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
    bench = await openGitlab();
  });
});

describe('the address', () => {
  it.each(['/', '/api/v4', '/api/v4/'])('may end with %j', async (end) => {
    expect(await read({ url: bench.gitlab.url + end })).toBe('known');
  });

  it('may need an authority of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'execfmt-gitlab-'));
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const kind = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    const subject = ['-subj', '/CN=gitlab', '-addext', 'subjectAltName=IP:127.0.0.1'];
    await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', keyFile, '-out', certFile]);
    const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
    await rm(folder, { recursive: true });
    await bench.close();
    bench = await openGitlab({}, { tls: { key, cert } });
    expect(await read({ caPem: cert })).toBe('known');
    expect(await read()).toMatchObject({ code: 'unreachable', message: expect.stringContaining('`ca`') });
  });
});

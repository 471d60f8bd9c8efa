import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mayReach } from '../../../adapters/http/reachable-address.ts';
import type { GithubOptions } from '../../../adapters/pipeline/github/options.ts';
import type { CiFault } from '../../servers/ci/faults.ts';
import { PROJECT } from '../sample-builds.ts';
import { type GithubBench, openGithub } from './github-bench.ts';

let bench: GithubBench;
const signal = new AbortController().signal;
const question = {
  project: PROJECT,
  revision: null,
  tag: 'v3',
  ref: null,
  digest: null,
  builtAt: null,
  job: 'build.yml/build',
};
const read = async (set: Partial<GithubOptions> = {}, of = {}) => {
  const answer = await bench.history(set).evidence({ ...question, ...of }, signal);
  return answer.kind === 'known' ? 'known' : answer.why;
};
const logOf = async () => {
  const answer = await bench.history().evidence(question, signal);
  if (answer.kind !== 'known') return answer.why;
  return answer.value.log.kind === 'known' ? 'known' : answer.value.log.why;
};
const request = { key: 'r-7k2m9x', project: PROJECT, ref: 'main', job: 'build.yml/build', runner: 'amd64' };
const start = async (set: Partial<GithubOptions> = {}) => {
  const answer = await bench.rebuilds(set).start(request, signal);
  return answer.kind === 'known' ? 'known' : answer.why;
};

beforeEach(async () => {
  bench = await openGithub();
});
afterEach(() => bench.close());

describe('what GitHub refuses', () => {
  it.each<[string, Partial<GithubOptions>, string, string]>([
    ['no token', { token: null }, 'not-found', 'only public repositories'],
    ['a wrong token', { token: 'ghp_wrong' }, 'denied', 'does not know the token (401)'],
    ['a token with a line end', { token: 'ghp_x\n' }, 'denied', 'holds blanks'],
  ])('%s', async (_what, set, code, words) => {
    expect(await read(set)).toMatchObject({ code, target: 'github', message: expect.stringContaining(words) });
  });

  it('to start with a token that only reads, which is enough to read', async () => {
    const token = bench.github.addToken({ value: 'github_pat_reads' });
    expect(await read({ token })).toBe('known');
    expect(await start({ token })).toMatchObject({
      code: 'denied',
      message: expect.stringContaining('it needs actions=write'),
    });
  });

  it.each(['x', 'a/b/c', '../..', 'a/..', 'a b/c', 'a/b?c'])('a project that is no repository: %j', async (project) => {
    expect(await read({}, { project })).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('owner/name'),
    });
    expect(bench.github.calls).toEqual([]);
  });

  it.each<[string, CiFault, string]>([
    ['an error of its own', { kind: 'status', status: 500 }, 'unreachable'],
    ['a redirect', { kind: 'status', status: 301, headers: { location: 'http://127.0.0.1:9/' } }, 'invalid'],
    ['a page in place of the API', { kind: 'status', status: 200, body: '<html>' }, 'invalid'],
    ['too much', { kind: 'status', status: 200, body: ' '.repeat(8 * 1024 ** 2 + 1) }, 'too-large'],
    ['calls for now', { kind: 'status', status: 403, headers: { 'retry-after': '3600' } }, 'rate-limited'],
    [
      'calls for an hour',
      { kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4000000000' } },
      'rate-limited',
    ],
  ])('%s', async (_what, fault, code) => {
    bench.github.fault(/\/runs$/, fault);
    expect(await read()).toMatchObject({ code, target: 'github' });
  });
});

describe('a GitHub that is busy', () => {
  it.each<[string, CiFault]>([
    ['its second limit, for a moment', { kind: 'status', status: 403, headers: { 'retry-after': '0' } }],
    [
      'its limit until a time that is over',
      { kind: 'status', status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } },
    ],
    ['a gateway', { kind: 'status', status: 503 }],
    ['a connection that is cut', { kind: 'cut' }],
  ])('is asked again: %s', async (_what, fault) => {
    bench.github.fault(/\/runs$/, fault);
    expect(await read()).toBe('known');
  });

  it('that never answers is a timeout', async () => {
    bench.github.fault(/\/runs$/, { kind: 'silence' });
    expect(await read({ deadlines: { call: 100, log: 100, poll: 5 } })).toMatchObject({ code: 'timeout' });
  });

  it('that is not there is unreachable', async () => {
    await bench.github.close();
    expect(await read()).toMatchObject({ code: 'unreachable' });
    bench = await openGithub();
  });
});

describe('a log', () => {
  it('is fetched from the storage without the token', async () => {
    expect(await logOf()).toBe('known');
    expect(bench.github.downloads.map(({ token }) => token)).toEqual([false]);
    expect(bench.github.calls.every(({ token }) => token)).toBe(true);
  });

  it.each([
    ['http://169.254.169.254', 'metadata service'],
    ['http://[fe80::1]', 'metadata service'],
    ['ftp://127.0.0.1', 'not encrypted'],
    ['http://user:password@127.0.0.1', 'names a user'],
  ])('is not fetched from %s', async (url, words) => {
    bench.github.pointStorageAt(url);
    expect(await logOf()).toMatchObject({ code: 'denied', message: expect.stringContaining(words) });
    expect(bench.github.downloads).toEqual([]);
  });

  it('is not followed a second time', async () => {
    bench.github.fault(/^GET \/logs/, { kind: 'status', status: 302, headers: { location: bench.github.url } });
    expect(await logOf()).toMatchObject({ code: 'invalid' });
  });

  it('that has expired is said to', async () => {
    bench.github.fault(/\/logs$/, { kind: 'status', status: 410 });
    expect(await logOf()).toMatchObject({ code: 'not-found', message: expect.stringContaining('90 days') });
  });

  it.each<[string, boolean, boolean]>([
    ['10.0.0.7', false, true],
    ['140.82.112.3', false, true],
    ['127.0.0.1', false, false],
    ['127.0.0.1', true, true],
    ['::1', false, false],
    ['169.254.169.254', true, false],
    ['fd00:ec2::254', true, false],
    ['::ffff:169.254.169.254', true, false],
    ['productionresultssa0.blob.core.windows.net', false, true],
  ])('may come from %s (GitHub on this machine: %j): %j', (address, loopback, expected) => {
    expect(mayReach(address, { loopback, linkLocal: false })).toBe(expected);
  });
});

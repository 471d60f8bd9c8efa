import { describe, expect, it } from 'vitest';
import { failed, known, ProbeError } from '../../src/playbook/answer.ts';
import type { BuildJob, BuildQuestion } from '../../src/playbook/build-evidence.ts';
import { type BuildListing, findBuild, isJob, type RunFilter } from '../../src/playbook/find-build.ts';
import { readBuildLog } from '../../src/playbook/read-build-log.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const nothing: BuildQuestion = {
  project: 'p',
  revision: null,
  tag: null,
  ref: null,
  digest: null,
  builtAt: null,
  job: null,
};
const pushes = (digest: string) => ['$ docker build .', `v3: digest: ${digest} size: 1`];

interface Scripted {
  /** Runs by the kind of filter, each with its jobs, each with its log; null: it cannot be read. */
  readonly [kind: string]: Readonly<Record<string, Readonly<Record<string, readonly string[] | null>>>>;
}

const job = (id: string, set: Partial<BuildJob> = {}): BuildJob => ({
  id,
  name: id.split('/')[1] ?? id,
  url: '',
  status: 'success',
  startedAt: '2026-11-21T09:00:00Z',
  finishedAt: '2026-11-21T09:10:00Z',
  runner: null,
  ...set,
});

function scripted(script: Scripted, set: (id: string) => Partial<BuildJob> = () => ({})) {
  const read: string[] = [];
  const all = Object.assign({}, ...Object.values(script)) as Scripted[string];
  const listing: BuildListing<BuildJob> = {
    runs: async ({ kind }) =>
      Object.keys(script[kind] ?? {}).map((id) => ({ id, url: '', ref: '', revision: '', event: 'push' })),
    jobs: async ({ id }) => Object.keys(all[id] ?? {}).map((name) => job(`${id}/${name}`, set(`${id}/${name}`))),
    log: async ({ id }) => {
      read.push(id);
      const [run = '', name = ''] = id.split('/');
      const lines = all[run]?.[name];
      return lines ? known(readBuildLog(lines.join('\n'), (text) => text)) : failed('not-found', 'ci', 'expired');
    },
  };
  return { listing, read };
}

async function find(script: Scripted, of: Partial<BuildQuestion>, set?: (id: string) => Partial<BuildJob>) {
  const { listing, read } = scripted(script, set);
  const found = await findBuild(listing, { ...nothing, ...of });
  return { found: found && [found.matchedBy, found.job.id], read };
}

describe('the build of an image', () => {
  it('is the one whose log names the digest, even if another one fits otherwise', async () => {
    const script = { revision: { r1: { build: pushes(OTHER) } }, tag: { r2: { build: pushes(DIGEST) } } };
    const { found } = await find(script, { revision: 'x', tag: 'v3', digest: DIGEST });
    expect(found).toEqual(['digest', 'r2/build']);
  });

  it('is of the revision when no log names the digest', async () => {
    const script = { revision: { r1: { build: pushes(OTHER) } }, tag: { r2: { build: pushes(OTHER) } } };
    expect((await find(script, { revision: 'x', tag: 'v3', digest: DIGEST })).found).toEqual(['revision', 'r1/build']);
  });

  it('is looked for no further when its log does not say what it pushed', async () => {
    const script = { revision: { r1: { build: ['$ docker build .'] } }, tag: { r2: { build: pushes(OTHER) } } };
    const { found, read } = await find(script, { revision: 'x', tag: 'v3', digest: DIGEST });
    expect([found, read]).toEqual([['revision', 'r1/build'], ['r1/build']]);
  });

  it('is the job that builds, the likely names first', async () => {
    const script = {
      tag: { r1: { lint: ['$ npm run lint'], docs: ['$ mkdocs'], 'docker-image': ['$ docker build .'] } },
    };
    const { found, read } = await find(script, { tag: 'v3' });
    expect([found, read[0]]).toEqual([['tag', 'r1/docker-image'], 'r1/docker-image']);
  });

  it('is none of the jobs that build nothing', async () => {
    expect((await find({ tag: { r1: { build: ['$ make'], lint: [] } } }, { tag: 'v3' })).found).toBeNull();
  });

  it('is told by the job’s name when its log has expired', async () => {
    expect((await find({ tag: { r1: { lint: null, build: null } } }, { tag: 'v3' })).found).toEqual([
      'tag',
      'r1/build',
    ]);
    expect((await find({ tag: { r1: { lint: null } } }, { tag: 'v3' })).found).toBeNull();
  });

  it('was running when the image was made', async () => {
    const script = { time: { r1: { build: pushes(OTHER) }, r2: { build: pushes(OTHER) } } };
    const times = (id: string) => (id.startsWith('r1') ? { finishedAt: '2026-11-21T09:01:00Z' } : {});
    const { found } = await find(script, { builtAt: new Date('2026-11-21T09:05:00Z'), job: 'build' }, times);
    expect(found).toEqual(['time', 'r2/build']);
    const never = { builtAt: new Date('2026-11-20T09:05:00Z'), job: 'build' };
    expect((await find(script, never, times)).found).toBeNull();
  });

  it('may seem to be made a little before its build began: clocks differ', async () => {
    const script = { time: { r1: { build: pushes(OTHER) } } };
    const found = async (at: string) => (await find(script, { builtAt: new Date(at) })).found;
    expect(await found('2026-11-21T08:58:30Z')).toEqual(['time', 'r1/build']);
    expect(await found('2026-11-21T08:57:30Z')).toBeNull();
    expect(await found('2026-11-21T09:11:30Z')).toEqual(['time', 'r1/build']);
    expect(await found('2026-11-21T09:12:30Z')).toBeNull();
  });

  it('is not one of the same time or branch whose log names another digest', async () => {
    const script = { time: { r1: { build: pushes(OTHER) } }, latest: { r2: { build: pushes(OTHER) } } };
    const at = { builtAt: new Date('2026-11-21T09:05:00Z'), ref: 'main' };
    expect((await find(script, { ...at, digest: DIGEST })).found).toBeNull();
    expect((await find(script, { ref: 'main', digest: DIGEST })).found).toBeNull();
    expect((await find(script, at)).found).toEqual(['time', 'r1/build']);
  });

  it('is not guessed from the latest build when the image is known to be older', async () => {
    const script = { latest: { r1: { build: pushes(OTHER) } } };
    expect((await find(script, { builtAt: new Date('2026-11-21T09:05:00Z') })).found).toBeNull();
    expect((await find(script, {})).found).toEqual(['latest', 'r1/build']);
  });

  it('is what was found before the server gave out, if anything was', async () => {
    const fails = async (): Promise<never> => {
      throw new ProbeError({ code: 'timeout', target: 'ci', message: 'too slow' });
    };
    const { listing } = scripted({ revision: { r1: { build: pushes(OTHER) } } });
    const runs: typeof listing.runs = (filter) => (filter.kind === 'revision' ? listing.runs(filter) : fails());
    const question = { ...nothing, revision: 'x', tag: 'v3', digest: DIGEST };
    expect(await findBuild({ ...listing, runs }, question)).toMatchObject({ matchedBy: 'revision' });
    await expect(findBuild({ ...listing, runs }, { ...question, revision: null })).rejects.toThrow('too slow');
  });

  it('is looked for in at most twelve logs', async () => {
    const jobs = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`build-${index}`, pushes(OTHER)]));
    const runs = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`r${index}`, jobs]));
    const { found, read } = await find({ tag: runs }, { tag: 'v3', digest: DIGEST });
    expect([found, read.length]).toEqual([['tag', 'r0/build-0'], 12]);
  });

  it('is looked for in at most five runs of a kind, and four jobs of a run', async () => {
    const jobs = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`build-${index}`, pushes(OTHER)]));
    const runs = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`r${index}`, jobs(1)]));
    expect((await find({ tag: runs }, { tag: 'v3', digest: DIGEST })).read).toHaveLength(5);
    expect((await find({ tag: { r0: jobs(6) } }, { tag: 'v3', digest: DIGEST })).read).toHaveLength(4);
  });

  it('is not looked for twice in the same run', async () => {
    const runs = { r1: { build: pushes(OTHER) } };
    const { read } = await find({ revision: runs, tag: runs }, { revision: 'x', tag: 'v3', digest: DIGEST });
    expect(read).toEqual(['r1/build']);
  });

  it('is no job that never started, nor another one than the named', async () => {
    const script = { tag: { r1: { build: pushes(OTHER), pack: pushes(OTHER) } } };
    const waits = (id: string) => (id === 'r1/build' ? { startedAt: null } : {});
    expect((await find(script, { tag: 'v3' }, waits)).read).toEqual(['r1/pack']);
    expect((await find(script, { tag: 'v3', job: 'pack' })).found).toEqual(['tag', 'r1/pack']);
    expect((await find(script, { tag: 'v3', job: 'other' })).found).toBeNull();
  });

  it('is the named job, whatever its log shows', async () => {
    const script = { tag: { r1: { make: ['$ make'] } } };
    expect((await find(script, { tag: 'v3', job: 'make' })).found).toEqual(['tag', 'r1/make']);
    expect((await find(script, { tag: 'v3' })).found).toBeNull();
  });

  it('is a job that only pushes, too', async () => {
    const script = { tag: { r1: { ship: [`v3: digest: ${OTHER} size: 1`] } } };
    expect((await find(script, { tag: 'v3' })).found).toEqual(['tag', 'r1/ship']);
  });

  it('is first looked for among those that ran when the image was made, then by their names', async () => {
    const jobs = { 'build-late': [], 'lint-then': [], 'build-then': [] };
    const late = (id: string) => (id.endsWith('late') ? { startedAt: '2026-11-21T10:00:00Z', finishedAt: null } : {});
    const { read } = await find({ tag: { r1: jobs } }, { tag: 'v3', builtAt: new Date('2026-11-21T09:05:00Z') }, late);
    expect(read).toEqual(['r1/build-then', 'r1/lint-then', 'r1/build-late']);
  });

  it('may still be running', async () => {
    const script = { time: { r1: { build: pushes(OTHER) } } };
    const at = { builtAt: new Date('2026-11-21T12:00:00Z') };
    expect((await find(script, at, () => ({ finishedAt: null }))).found).toEqual(['time', 'r1/build']);
  });

  it('is asked for by what is known of the image, the surest first', async () => {
    const asked: RunFilter[] = [];
    const { listing } = scripted({});
    const runs: typeof listing.runs = async (filter) => {
      asked.push(filter);
      return [];
    };
    const at = new Date('2026-11-21T09:05:00Z');
    await findBuild({ ...listing, runs }, { ...nothing, revision: 'x', tag: 'v3', ref: 'main', builtAt: at });
    expect(asked).toEqual([
      { kind: 'revision', revision: 'x' },
      { kind: 'tag', tag: 'v3' },
      { kind: 'time', ref: 'main', at },
      { kind: 'time', ref: null, at },
    ]);
    asked.length = 0;
    await findBuild({ ...listing, runs }, { ...nothing, builtAt: at });
    await findBuild({ ...listing, runs }, { ...nothing, ref: 'main' });
    expect(asked).toEqual([
      { kind: 'time', ref: null, at },
      { kind: 'latest', ref: 'main' },
    ]);
  });

  it('is settled by the first find when no digest is looked for', async () => {
    const script = { revision: { r1: { build: pushes(OTHER) } }, tag: { r2: { build: pushes(OTHER) } } };
    expect((await find(script, { revision: 'x', tag: 'v3' })).read).toEqual(['r1/build']);
  });

  it('is looked for further after an expired log of a guess, for one that names the digest', async () => {
    const at = new Date('2026-11-21T09:05:00Z');
    const runs = ['r1', 'r2'];
    const { listing } = scripted({ time: { r1: { build: null }, r2: { build: pushes(DIGEST) } } });
    const one: typeof listing.runs = async (filter) => (await listing.runs(filter)).filter(({ id }) => id === runs[0]);
    const then: typeof listing.runs = async (filter) => {
      const found = await one(filter);
      runs.shift();
      return found;
    };
    const question = { ...nothing, digest: DIGEST, ref: 'main', builtAt: at };
    expect(await findBuild({ ...listing, runs: then }, question)).toMatchObject({ matchedBy: 'digest' });
  });

  it('is not swallowed when looking for it fails as nobody expected', async () => {
    const { listing } = scripted({ revision: { r1: { build: pushes(OTHER) } } });
    const runs: typeof listing.runs = async (filter) => {
      if (filter.kind === 'revision') return listing.runs(filter);
      throw new TypeError('a defect');
    };
    const question = { ...nothing, revision: 'x', tag: 'v3', digest: DIGEST };
    await expect(findBuild({ ...listing, runs }, question)).rejects.toThrow('a defect');
  });

  it.each<[string, boolean]>([
    ['build', true],
    ['build 1/2', true],
    ['build: [arm64]', true],
    ['build (arm64)', true],
    ['build / push', true],
    ['build-docs', false],
    ['build docs', false],
    ['rebuild', false],
    ['rebuild (arm64)', false],
    ['build:docs', false],
    ['build-docs (arm64)', false],
    ['build:1', false],
    ['build /push', false],
  ])('the job %j is of the named job build: %j', (name, expected) => {
    expect(isJob(name, 'build')).toBe(expected);
  });
});

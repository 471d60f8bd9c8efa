import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/playbook/answer.ts';
import type { BuildQuestion } from '../../src/playbook/build-evidence.ts';
import { judgeBuild } from '../../src/playbook/judge-build.ts';
import type { BuildHistory } from '../../src/ports/build-history.ts';
import type { RebuildHandle, RebuildRequest, RebuildState, Rebuilds } from '../../src/ports/rebuilds.ts';
import { knownValue } from './estate-contract.ts';

/**
 * A CI server whose project built an image on the arm64 runner `corp-arm64-02`, in a job whose log says “built amd64/linux”;
 * and which has an amd64 runner too, for those who ask.
 */
export interface PipelinesUnderTest {
  readonly history: BuildHistory;
  readonly rebuilds: Rebuilds;
  readonly project: string;
  /** What is known of the image that was built, every field in itself enough to find it. */
  readonly built: { readonly revision: string; readonly tag: string; readonly digest: string; readonly at: Date };
  /** A later build of the branch `main`, by the same job. */
  readonly latestRevision: string;
  readonly job: string;
  /** A request for a build on the amd64 runner, and one whose job fails. */
  request(key: string): RebuildRequest;
  failing(key: string): RebuildRequest;
  /** A build on the branch that somebody else started and that is still running. */
  foreign(): RebuildHandle;
  /** Everything goes one state further. */
  step(): void;
  /** How many builds were started through the API. */
  started(): number;
  /** The next start is carried out, but the answer is lost on its way. */
  loseNextStart(): void;
  /** Must never be seen. */
  readonly token: string;
  close(): Promise<void>;
}

const nothing = { revision: null, tag: null, ref: null, digest: null, builtAt: null, job: null };

/** What every CI server does, whatever it is. */
export function pipelinesContract(title: string, open: () => Promise<PipelinesUnderTest>): void {
  describe(`${title} as pipelines`, () => {
    let test: PipelinesUnderTest;
    const answers: unknown[] = [];
    const signal = new AbortController().signal;
    const asking = async <T>(question: Promise<Answer<T>>): Promise<Answer<T>> => {
      const answer = await question;
      answers.push(answer);
      return answer;
    };
    const ask = async <T>(question: Promise<Answer<T>>): Promise<T> => knownValue(await asking(question));
    const evidence = (of: Partial<BuildQuestion>) =>
      asking(test.history.evidence({ ...nothing, project: test.project, ...of }, signal));
    const follow = async (handle: RebuildHandle): Promise<RebuildState[]> => {
      const states: RebuildState[] = [];
      for (let look = 0; look < 10 && !states.at(-1)?.over; look++) {
        states.push(await ask(test.rebuilds.look(handle, signal)));
        test.step();
      }
      return states;
    };
    beforeEach(async () => {
      test = await open();
    });
    afterEach(async () => {
      await test?.close();
      expect(JSON.stringify(answers.splice(0))).not.toContain(test.token);
    });

    it('finds the build of an image by whatever is known of it, and says by what', async () => {
      const { revision, tag, digest, at } = test.built;
      const by = async (of: Partial<BuildQuestion>) => {
        const found = knownValue(await evidence(of));
        return [found.matchedBy, found.run.revision];
      };
      expect(await by({ revision })).toEqual(['revision', revision]);
      expect(await by({ tag })).toEqual(['tag', revision]);
      expect(await by({ builtAt: at, ref: tag })).toEqual(['time', revision]);
      expect(await by({ ref: 'main' })).toEqual(['latest', test.latestRevision]);
      expect(await by({ tag: 'no-such-tag', ref: tag, digest })).toEqual(['digest', revision]);
      expect(await by({ revision, digest, job: test.job })).toEqual(['digest', revision]);
    });

    it('says when there is no such build, job or project', async () => {
      const missing = { kind: 'probe-failed', why: { code: 'not-found', target: test.history.name } };
      expect(await evidence({ ref: 'no-such-branch' })).toMatchObject(missing);
      expect(await evidence({ ref: 'main', job: 'no-such-job' })).toMatchObject(missing);
      expect(await evidence({ project: 'no/such-project' })).toMatchObject(missing);
    });

    it('tells where the build ran, whatever its log claims', async () => {
      const found = knownValue(await evidence({ revision: test.built.revision, job: test.job }));
      expect(found).toMatchObject({
        ci: test.history.name,
        project: test.project,
        run: { url: expect.stringMatching(/^http/) },
      });
      expect(found.job.url).toMatch(/^http/);
      expect(found.job.startedAt).toMatch(/^20\d\d-/);
      expect(found.job.runner).toMatchObject({ name: 'corp-arm64-02', architecture: 'arm64', unknownBecause: null });
      const log = knownValue(found.log);
      expect(log.pushed.map(({ digest }) => digest)).toEqual([test.built.digest]);
      expect(log.commands[0]?.text).toMatch(/^docker build /);
      expect(judgeBuild(found)).toMatchObject({
        architecture: 'arm64',
        knownFrom: 'ci-server',
        contradictions: [expect.stringMatching(/“built amd64\/linux”, but .* knows the runner corp-arm64-02 as arm64/)],
      });
    });

    it('starts a build on the wanted runner and follows it to what it pushed', async () => {
      const handle = await ask(test.rebuilds.start(test.request('r-7k2m9x'), signal));
      expect(handle).toMatchObject({ project: test.project, key: 'r-7k2m9x', url: expect.stringMatching(/^http/) });
      expect(JSON.parse(JSON.stringify(handle))).toEqual(handle);
      const states = await follow(handle);
      expect([...new Set(states.map(({ status }) => status))]).toEqual(['waiting-for-runner', 'running', 'succeeded']);
      const end = states.at(-1)!;
      expect(end).toMatchObject({ over: true, job: { runner: { name: 'corp-amd64-01', architecture: 'amd64' } } });
      expect(end.log?.pushed).toHaveLength(1);
      expect(end.log?.pushed[0]?.digest).not.toBe(test.built.digest);
      expect(states.filter(({ over }) => !over).every(({ log }) => log === null)).toBe(true);
    });

    it('starts a build with the same key once', async () => {
      const first = await ask(test.rebuilds.start(test.request('r-once'), signal));
      expect(await ask(test.rebuilds.start(test.request('r-once'), signal))).toEqual(first);
      expect(await ask(test.rebuilds.find(test.request('r-once'), signal))).toEqual(first);
      expect(test.started()).toBe(1);
      const other = await ask(test.rebuilds.start(test.request('r-other'), signal));
      expect(other.id).not.toBe(first.id);
      expect(await ask(test.rebuilds.find(test.request('r-none'), signal))).toBeNull();
    });

    it('finds a build whose start was not answered, at once and again', async () => {
      test.loseNextStart();
      const handle = await ask(test.rebuilds.start(test.request('r-lost'), signal));
      expect(await ask(test.rebuilds.start(test.request('r-lost'), signal))).toEqual(handle);
      expect(test.started()).toBe(1);
      expect((await follow(handle)).at(-1)).toMatchObject({ status: 'succeeded' });
    });

    it('tells of a build that fails', async () => {
      const handle = await ask(test.rebuilds.start(test.failing('r-fails'), signal));
      const end = (await follow(handle)).at(-1);
      expect(end).toMatchObject({ status: 'failed', over: true, log: { pushed: [] } });
      expect(end?.said).toContain('fail');
    });

    it('cancels a build of ours, as often as it is told to', async () => {
      const handle = await ask(test.rebuilds.start(test.request('r-stop'), signal));
      test.step();
      expect(await ask(test.rebuilds.cancel(handle, signal))).toBe('asked');
      expect((await follow(handle)).at(-1)).toMatchObject({ status: 'cancelled', over: true });
      expect(await ask(test.rebuilds.cancel(handle, signal))).toBe('over');
    });

    it('leaves the builds of others alone', async () => {
      const handle = test.foreign();
      const refused = await asking(test.rebuilds.cancel(handle, signal));
      expect(refused).toMatchObject({ kind: 'probe-failed', why: { code: 'conflict' } });
      expect(await ask(test.rebuilds.look(handle, signal))).not.toMatchObject({ status: 'cancelled' });
    });

    it('refuses to start on a branch that is not there', async () => {
      const request = { ...test.request('r-nowhere'), ref: 'no-such-branch' };
      const refused = await asking(test.rebuilds.start(request, signal));
      expect(refused).toMatchObject({ kind: 'probe-failed', why: { code: 'invalid' } });
      expect(test.started()).toBe(0);
    });

    it('says what a start will call, with the key and the runner and without secrets', () => {
      const calls = test.rebuilds.calls(test.request('r-shown')).join('\n');
      for (const part of ['POST ', 'r-shown', 'amd64', 'main']) expect(calls).toContain(part);
      expect(calls).not.toContain(test.token);
    });

    it('ends when it is told to', async () => {
      const answer = await test.rebuilds.start(test.request('r-late'), AbortSignal.abort());
      expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'timeout' } });
      expect(test.started()).toBe(0);
    });
  });
}

import { afterEach, describe, expect, it } from 'vitest';
import { REAL_ENGINE, useRealEngine } from '../e2e/real-engine.ts';
import { buildRendererImage } from '../lab/incident-image.ts';
import { pushImages } from '../lab/push-image.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { openGithubBench, openGitlabBench } from './ci-bench.ts';
import { type RebuildStage, type RebuildStageOptions, startRebuildStage } from './rebuild-stage.ts';

const TIMEOUT = { timeout: 120_000 };

suite('a rebuild, from the verdict to the verified deployment', REAL_ENGINE, () => {
  const real = useRealEngine();
  let stage: RebuildStage | null = null;
  afterEach(async () => {
    await stage?.stop();
    stage = null;
  });
  const start = async (options: RebuildStageOptions) => {
    stage = await startRebuildStage(real, options);
    return stage;
  };
  const own = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const foreign = own === 'amd64' ? 'arm64' : 'amd64';
  const runner = { name: 'corp-wanted-01', architecture: own };
  /** Diagnoses, asks for the rebuild and approves it. */
  const approved = async (on: RebuildStage) => {
    const run = await on.diagnose();
    expect(await on.press(run, `Rebuild for linux/${own}`)).toBe('');
    expect(await on.press(run, 'Approve')).toBe('');
    return run;
  };

  describe.each([
    ['GitLab', openGitlabBench],
    ['GitHub', openGithubBench],
  ] as const)('on %s', (_, open) => {
    it('is built, proved, deployed by digest and verified', TIMEOUT, async () => {
      const on = await start({ open, runner });
      const run = await approved(on);
      const digest = await on.build(own, 'v3b');
      const built = await on.ended(run);
      expect(built.finished).toMatchObject({ outcome: 'succeeded', detail: expect.stringContaining(digest) });
      expect(built.build).toMatchObject({ runner: runner.name, architecture: own, status: 'succeeded' });
      expect(await on.thread(run)).toContain('rebuilt, not deployed yet');

      expect(await on.press(run, 'Deploy this digest')).toBe('');
      expect(await on.press(run, 'Approve')).toBe('');
      const deployed = await on.ended(run);
      expect(deployed.finished?.outcome).toBe('succeeded');
      const container = await real.docker.getContainer(on.incident.container).inspect();
      expect(container.Config.Image).toBe(`${on.incident.repository}@${digest}`);
      expect(container.State.Running).toBe(true);
      expect(await on.thread(run)).toMatch(/Recovered after \d/);
      const events = await on.application().events(run);
      expect(JSON.stringify(events)).not.toContain(on.ci.token);
    });

    it(
      'catches a runner that is not what its tag says, and an image for the wrong platform again',
      TIMEOUT,
      async () => {
        const on = await start({ open, runner: { ...runner, architecture: foreign } });
        const run = await approved(on);
        const digest = await on.build(foreign, 'v3b');
        const { finished } = await on.ended(run);
        expect(finished?.outcome).toBe('failed');
        expect(finished?.detail).toContain(`It landed on the wrong runner: ${runner.name} is ${foreign}`);
        expect(finished?.detail).toContain(digest);
        expect(await on.press(run, 'Deploy this digest')).toBeNull();
      },
    );

    it('is cancelled from the thread, by those who may', TIMEOUT, async () => {
      const on = await start({ open, runner: null });
      const run = await approved(on);
      await waitFor('the build', 30_000, async () => (on.ci.started() > 0 ? true : null));
      await waitFor('the button', 30_000, async () =>
        (await on.thread(run)).includes('Cancel the build') ? true : null,
      );
      expect(await on.press(run, 'Cancel the build', 'mallory')).toContain('not among the approvers');
      expect(await on.press(run, 'Cancel the build')).toBe('');
      const { finished } = await on.ended(run);
      expect(finished).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('ada had it cancelled') });
      expect(on.ci.status()).toMatch(/^cancell?ed$/);
    });

    it('cancels what no runner takes, and says so', TIMEOUT, async () => {
      const on = await start({ open, runner: null, waitForRunnerMs: 300 });
      const { finished } = await on.ended(await approved(on));
      expect(finished).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('No runner tagged wanted') });
    });

    it('says plainly what a token lacks', TIMEOUT, async () => {
      const on = await start({ open, runner, readOnlyToken: true });
      const { finished } = await on.ended(await approved(on));
      expect(finished).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('could not be started') });
      expect(on.ci.started()).toBe(0);
    });

    it('goes on after a restart, with one build', TIMEOUT, async () => {
      const on = await start({ open, runner });
      const run = await approved(on);
      await waitFor('the build', 30_000, async () => (on.ci.started() > 0 ? true : null));
      await on.restart();
      await on.build(own, 'v3b');
      const built = await on.ended(run);
      expect([built.finished?.outcome, on.ci.started()]).toEqual(['succeeded', 1]);
      expect(await on.thread(run)).toContain('Interrupted during the rebuild');
    });
  });

  it('is void when somebody else has pushed the tag since it was asked for', TIMEOUT, async () => {
    const on = await start({ open: openGitlabBench, runner });
    const run = await on.diagnose();
    await on.press(run, `Rebuild for linux/${own}`);
    await pushOther(on);
    expect(await on.press(run, 'Approve')).toContain('points to something else');
    expect(on.ci.started()).toBe(0);
  });

  it('ends when somebody deletes the pipeline there', TIMEOUT, async () => {
    const on = await start({ open: openGitlabBench, runner: null });
    const run = await approved(on);
    await waitFor('the build', 30_000, async () => (on.ci.started() > 0 ? true : null));
    on.ci.fault(/^GET .*\/pipelines\/\d+$/, { kind: 'status', status: 404 });
    const { finished } = await on.ended(run);
    expect(finished).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('was it deleted?') });
  });

  it('goes on when the CI server answers 502 for a while', TIMEOUT, async () => {
    const on = await start({ open: openGitlabBench, runner });
    const run = await approved(on);
    for (let time = 0; time < 20; time += 1) on.ci.fault(/^GET .*\/pipelines\//, { kind: 'status', status: 502 });
    await on.build(own, 'v3b');
    expect((await on.ended(run)).finished?.outcome).toBe('succeeded');
  });

  it('says when a build succeeds and publishes nothing', TIMEOUT, async () => {
    const on = await start({ open: openGitlabBench, runner });
    const run = await approved(on);
    await waitFor('the end of the build', 30_000, async () => {
      on.ci.step();
      return on.ci.status() === 'success' ? true : null;
    });
    const { finished } = await on.ended(run);
    expect(finished).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('nothing new is published') });
  });
});

async function pushOther({ incident }: RebuildStage): Promise<void> {
  await pushImages(incident.repository, { v3: await buildRendererImage(incident.architectures.v2, 'v4') });
}

import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { REAL_ENGINE, useRealEngine } from '../e2e/real-engine.ts';
import { buildRendererImage } from '../lab/incident-image.ts';
import { pushImages } from '../lab/push-image.ts';
import { suite } from '../lab/requirements.ts';
import { openGitlabBench } from './ci-bench.ts';
import { type RebuildStage, startRebuildStage } from './rebuild-stage.ts';

const TIMEOUT = { timeout: 120_000 };

suite('what is published is right already', REAL_ENGINE, () => {
  const real = useRealEngine();
  let stage: RebuildStage | null = null;
  afterEach(async () => {
    await stage?.stop();
    stage = null;
  });
  const own = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const foreign = own === 'amd64' ? 'arm64' : 'amd64';
  const start = async () => {
    stage = await startRebuildStage(real, { open: openGitlabBench, runner: null });
    return stage;
  };
  const imageOf = async (on: RebuildStage) =>
    (await real.docker.getContainer(on.incident.container).inspect()).Config.Image;

  /** Where the program lies in the host's copy of an image's last layer. */
  const programOf = async (image: string) => {
    const { GraphDriver } = await real.docker.getImage(image).inspect();
    const { UpperDir } = GraphDriver.Data as unknown as { UpperDir?: string };
    return join(UpperDir ?? '/not/overlay2', 'app/render');
  };

  it('pulls a stale tag anew, once approved, and verifies it', TIMEOUT, async () => {
    const on = await start();
    const mended = await buildRendererImage(own, 'v3b');
    await pushImages(on.incident.repository, { v3: mended });
    const run = await on.diagnose();
    const before = await imageOf(on);
    expect(await on.press(run, 'Pull it anew')).toBe('');
    expect(await imageOf(on), 'nothing is done before it is approved').toBe(before);
    expect(await on.press(run, 'Approve')).toBe('');
    expect((await on.ended(run)).finished).toMatchObject({ outcome: 'succeeded' });
    expect(await imageOf(on)).toBe(`${on.incident.repository}@${mended.digest}`);
    expect(await on.thread(run)).toContain('Recovered after');
    expect(on.ci.started(), 'no build was needed').toBe(0);
  });

  it('pulls the platform of the host out of an index of which another was pulled', TIMEOUT, async () => {
    const on = await start();
    const images = [await buildRendererImage(foreign, 'v3'), await buildRendererImage(own, 'v3')];
    await pushImages(on.incident.repository, { v3: images });
    const run = await on.diagnose();
    expect(await on.press(run, `Pull linux/${own}`)).toBe('');
    expect(await on.press(run, 'Approve')).toBe('');
    expect((await on.ended(run)).finished).toMatchObject({ outcome: 'succeeded' });
    const { Image } = await real.docker.getContainer(on.incident.container).inspect();
    expect((await real.docker.getImage(Image).inspect()).Architecture).toBe(own);
  });

  it('renews an image whose layer is damaged on the host, once approved', TIMEOUT, async () => {
    const on = await start();
    const { container, repository } = on.incident;
    const mended = await buildRendererImage(own, 'v3c');
    await pushImages(repository, { v3: mended });
    const first = await on.diagnose();
    await on.press(first, 'Pull it anew');
    await on.press(first, 'Approve');
    expect((await on.ended(first)).finished).toMatchObject({ outcome: 'succeeded' });
    const whole = await real.docker.getContainer(container).inspect();
    const program = await programOf(whole.Image);
    truncateSync(program);
    const damaged = real.docker.getContainer(container);
    await damaged.kill();
    await damaged.start();

    const run = await on.diagnose();
    const [remedy] = (await on.application().state(run))?.verdict?.remedies ?? [];
    expect(remedy).toMatchObject({ kind: 'repull', digest: mended.digest, damagedLayer: expect.any(Number) });
    expect(remedy?.damagedLayer).toBeGreaterThan(0);
    expect(await on.press(run, 'Pull it anew')).toBe('');
    expect(await on.press(run, 'Approve')).toBe('');
    expect((await on.ended(run)).finished).toMatchObject({ outcome: 'succeeded' });
    const renewed = await real.docker.getContainer(container).inspect();
    expect({ image: renewed.Image, runs: renewed.State.Running, same: renewed.Id === whole.Id }).toEqual({
      ...{ image: whole.Image, runs: true, same: false },
    });
    expect(statSync(await programOf(renewed.Image)).size).toBeGreaterThan(0);
    expect(await on.thread(run)).toContain('Recovered after');
  });
});

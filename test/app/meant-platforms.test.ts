import { afterEach, expect, it } from 'vitest';
import { parsePlatform } from '../../src/image/platform.ts';
import { type Stage, startStage } from './practice-stage.ts';

let stage: Stage;
afterEach(() => stage.stop());

it('a diagnosis names the platforms that the service is meant for and its tag lacks', async () => {
  const platforms = ['linux/amd64', 'linux/s390x'].flatMap((name) => parsePlatform(name) ?? []);
  stage = await startStage({
    configure: (config) => ({
      ...config,
      services: config.services.map((service) => ({ ...service, platforms })),
    }),
  });
  const state = await stage.application.state(await stage.diagnose('ada'));
  const decision = state?.steps.find(({ step }) => step.id === 'decision')?.step;
  const hint = decision?.findings.find(({ check }) => check === 'Prevention: publish every platform under one tag');
  expect(hint?.observed).toMatch(/the tag has no (?:linux\/amd64, )?linux\/s390x, which the service is meant for$/);
  expect(hint?.command).toContain('--platform linux/amd64,linux/s390x');
});

import { expect } from 'vitest';
import { ask, propose } from '../ask.ts';
import type { Stage } from '../start-stage.ts';
import type { UseCase } from '../use-case.ts';

/** The run's id, out of its thread. */
async function runOf(stage: Stage): Promise<string> {
  const { chat } = stage;
  if (chat.name !== 'page') return /run (r-\w+)/.exec((await stage.until('run r-')).text)?.[1] ?? '';
  await ask(stage, 'status');
  return /run (r-\w+)/.exec(await stage.untilTold('anna', 'run r-'))?.[1] ?? '';
}

/** Commands beside the diagnosis, and what was probably meant as a button. */
export const COMMANDS: readonly UseCase[] = [
  {
    does: 'A misspelt name comes with what was meant as a button, which does it where it was asked',
    async run(stage) {
      await ask(stage, 'pdf-rendrer');
      await stage.press('pdf-renderer', 'anna');
      await stage.until('It will not run: pdf-renderer');
      expect(await stage.count('opened')).toBe(1);
    },
  },
  {
    does: 'A misspelt command comes with what was meant as a button',
    async run(stage) {
      await ask(stage, 'staus');
      await stage.press('status', 'anna');
      await stage.untilTold('anna', 'Nothing is under way');
      expect(await stage.chat.thread()).toEqual([]);
    },
  },
  {
    does: '`status` says what is under way, and what waits for whom',
    async run(stage) {
      await propose(stage);
      await ask(stage, 'status', 'ben');
      const status = await stage.untilTold('ben', 'waits for approval');
      for (const who of ['ben', 'grace'] as const) expect(status).toContain(stage.chat.identity(who));
    },
  },
  {
    does: '`check IMAGE` says of each platform whether it would start, privately',
    async run(stage) {
      const image = `${stage.registry}/pdf-renderer:v2`;
      await ask(stage, `check ${image}`);
      const told = await stage.untilTold('anna', `Passes: ${image}`);
      expect(told).toContain('linux/amd64 passes');
      expect(await stage.chat.told('ben')).toEqual([]);
      expect(await stage.chat.thread()).toEqual([]);
    },
  },
  {
    does: '`transcript RUN` gives everything of a run',
    differs: {
      'slack-http': 'As a file in the thread.',
      'slack-socket': 'As a file in the thread.',
      teams:
        'As a file in a chat with the bot alone; elsewhere by a link to the run’s page, or as text where the page has no public address.',
      page: 'It is on the run’s page.',
    },
    async run(stage) {
      await ask(stage);
      await stage.until('It will not run: pdf-renderer');
      const run = await runOf(stage);
      await ask(stage, `transcript ${run}`, 'ben');
      await stage.untilTold('ben', `The transcript of ${run}`);
      if (stage.chat.name === 'page') await stage.untilTold('ben', `/runs/${run}`);
      else await stage.until(`incident-${run}`);
    },
  },
  {
    does: '`again RUN` diagnoses once more what that run was about',
    async run(stage) {
      await ask(stage);
      await stage.until('It will not run: pdf-renderer');
      await ask(stage, `again ${await runOf(stage)}`, 'ben');
      await stage.until('It will not run: pdf-renderer', 1);
      expect(await stage.count('opened')).toBe(2);
    },
  },
];

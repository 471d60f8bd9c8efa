import { describe, it } from 'vitest';
import { CHATS, type ChatName, type Driver } from './driver.ts';
import { startPageDriver } from './page-driver.ts';
import { startSlackDriver } from './slack-driver.ts';
import { type Stage, startStage } from './start-stage.ts';
import { startTeamsDriver } from './teams-driver.ts';
import { USE_CASES } from './use-cases.ts';

const DRIVERS: Record<ChatName, () => Promise<Driver>> = {
  'slack-http': () => startSlackDriver('http'),
  'slack-socket': () => startSlackDriver('socket'),
  teams: startTeamsDriver,
  page: startPageDriver,
};

const TIMEOUT_MS = 90_000;

/** Tries the whole table in one chat; some at the same time, for most of it is waiting. */
export function tryUseCases(chat: ChatName): void {
  const possible = USE_CASES.filter(({ not }) => not?.[chat] === undefined);
  describe.concurrent(CHATS[chat], () => {
    it.each(possible)('$does', { timeout: TIMEOUT_MS }, async ({ run, world }) => {
      const stage: Stage = await startStage(DRIVERS[chat], world);
      try {
        await run(stage);
      } finally {
        await stage.stop();
      }
    });
  });
}

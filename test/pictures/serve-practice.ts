import { startPractice } from '../../adapters/practice/start-practice.ts';
import { compose } from '../../src/cli/compose.ts';
import { defaultConfig } from '../../src/cli/load-config.ts';
import { withPractice } from '../../src/cli/practice-config.ts';
import { openPage } from '../chat/web/open-page.ts';

const ADA = { id: 'web:ada', name: 'ada' };

/** The practice incident behind the page on a free port, all in this process; its state is kept nowhere. */
export async function servePractice() {
  const practice = await startPractice({ drainSeconds: 45 });
  const config = withPractice({ ...defaultConfig(), hosts: [] }, practice, ADA.id);
  const composition = await compose(
    { ...config, verification: { stableForMs: 2_000, timeoutMs: 60_000 } },
    {
      log: { debug() {}, info() {}, warn() {}, error: (_, message) => process.stderr.write(`${message}\n`) },
      store: ':memory:',
      resetPractice: () => practice.reset(),
      slack: null,
      teams: null,
      followForMs: 60_000,
    },
  );
  const { application } = composition;
  await application.start();
  const incident = { service: practice.service, host: practice.host };
  const page = await openPage(application, { practice: incident, person: ADA });
  return {
    url: page.base,
    async stop() {
      await page.close();
      await composition.stop();
      await practice.stop();
    },
  };
}

import { afterAll, beforeAll } from 'vitest';
import { createDbosWorkflows } from '../../adapters/durable/dbos/workflows.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Workflows } from '../../src/ports/workflows.ts';
import { quiet } from '../app/quiet-log.ts';
import { workflowsContract } from '../contracts/workflows-contract.ts';
import { type LabPostgres, startPostgres } from '../lab/postgres.ts';
import { suite } from '../lab/requirements.ts';
import { loadDbos } from './load-dbos.ts';

suite('DBOS on PostgreSQL', ['postgresql'], () => {
  let server: LabPostgres;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres({ durable: true });
    // Made once and copied: the tables take longer to make than most tests to run.
    const url = await server.createDatabase('prepared');
    const preparing = createDbosWorkflows({ url, clock: systemClock, log: quiet, sdk: loadDbos });
    await preparing.launch();
    await preparing.stop();
  });
  afterAll(() => server.stop());

  workflowsContract('DBOS', async () => {
    const url = await server.createDatabase(`workflows_${++databases}`, 'prepared');
    const engines: Workflows[] = [];
    return {
      crashing: ['dbos', url],
      engine() {
        const engine = createDbosWorkflows({ url, clock: systemClock, log: quiet, sdk: loadDbos });
        engines.push(engine);
        return engine;
      },
      async cleanUp() {
        await Promise.all(engines.map((engine) => engine.stop()));
      },
    };
  });
});

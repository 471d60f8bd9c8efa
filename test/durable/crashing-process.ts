import { appendFileSync } from 'node:fs';
import { createDbosWorkflows } from '../../adapters/durable/dbos/workflows.ts';
import { createLocalWorkflows } from '../../adapters/durable/local/workflows.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { quiet } from '../app/quiet-log.ts';

/**
 * One process of a crash test: `node crashing-process.ts local|dbos <store> <diary> first|next`. The first hangs in the middle
 * of its second step and waits to be killed; the next one goes on. Each tells the diary what it does.
 */
const [engine = '', store = '', diary = '', role = ''] = process.argv.slice(2);
const tell = (line: string) => appendFileSync(diary, `${role}: ${line}\n`);
const parts = { clock: systemClock, log: quiet };
const workflows =
  engine === 'local' ? createLocalWorkflows({ path: store, ...parts }) : createDbosWorkflows({ url: store, ...parts });

workflows.define('rollback', async ({ step, resumed }, input) => {
  const pulled = await step('pull', async () => {
    tell('pulls');
    return { image: input };
  });
  await step('create', async () => {
    tell('creates');
    if (role !== 'first') return;
    process.stdout.write('in the middle\n');
    await new Promise(() => setInterval(() => undefined, 60_000));
  });
  await step('start', async () => tell(`starts ${JSON.stringify(pulled)}`));
  tell(`ends, resumed: ${resumed}`);
});

if (role === 'first') await workflows.start('rollback', 'p1', 'v2', 'render-01/pdf');
await workflows.launch();
tell(await workflows.finished('p1'));
await workflows.stop();

import { appendFileSync } from 'node:fs';
import { createDbosWorkflows } from '../../adapters/durable/dbos/workflows.ts';
import { openPostgresJournal } from '../../adapters/journal/postgres/journal.ts';
import { systemClock } from '../../adapters/system/clock.ts';

/**
 * One of several replicas over one PostgreSQL: `node replica.ts <url> <diary> <name>`. Each line `start <id> <lock>` on stdin
 * starts an action, `stop` ends it. Each tells the diary what it does, and stdout what it answers.
 */
const [url = '', diary = '', name = ''] = process.argv.slice(2);
const tell = (line: string) => appendFileSync(diary, `${name}: ${line}\n`);
const answer = (line: string) => process.stdout.write(`${line}\n`);
const note = (fields: object, message: string) =>
  process.stderr.write(`${name} ${message} ${JSON.stringify(fields)}\n`);
const log = { debug: () => undefined, info: () => undefined, warn: note, error: note };
const workflows = createDbosWorkflows({ url, clock: systemClock, log });
const journal = await openPostgresJournal({ url, log });

/** Three steps; the one in the middle waits until the action's gate is open in the journal. */
workflows.define('action', async ({ id, step, resumed, signal }) => {
  await step('pull', async () => tell(`pulls ${id}`));
  await step('create', async () => {
    tell(`creates ${id}`);
    while (!(await journal.posted(id, 'gate')).has('open')) await systemClock.sleep(100, signal);
  });
  await step('start', async () => tell(`starts ${id}`));
  await journal.append('r-record', [{ key: `ended:${id}`, fact: { type: 'failed', message: id } }], new Date());
  tell(`ends ${id} ${resumed ? 'resumed' : 'at once'}`);
});

await workflows.launch();
answer('ready');

process.stdin.setEncoding('utf8');
let rest = '';
process.stdin.on('data', async (text: string) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const [verb, id = '', lock] = line.split(' ');
    if (verb === 'start') answer(`${id} ${await workflows.start('action', id, null, lock)}`);
    if (verb === 'stop') {
      await workflows.stop();
      await journal.stop();
      process.exit(0);
    }
  }
});

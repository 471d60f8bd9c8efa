import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';

/** One of several processes that write to a store at once: `node open-and-claim.ts <store> <run>`. Prints what it got. */
const [path = '', id = ''] = process.argv.slice(2);
const at = new Date('2026-11-21T12:00:00.000Z');
const journal = openSqliteJournal(path);
const { run, opened } = await journal.open(id, 'pdf-renderer', { key: 'opened', fact: { type: 'closed' } }, at);
let claims = 0;
for (let index = 0; index < 50; index++) if (await journal.claim(`delivery ${index}`, at)) claims++;
for (let index = 0; index < 10; index++) {
  await journal.append(run, [{ key: `${id} ${index}`, fact: { type: 'closed' } }], at);
}
await journal.stop();
process.stdout.write(JSON.stringify({ run, opened, claims }));

import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';

/** A process that dies while it has a lease: `node take-lease.ts <store> <name>`. It ends without giving anything up. */
const [path = '', name = ''] = process.argv.slice(2);
process.stdout.write(String(await openSqliteJournal(path).lease(name, 600_000)));
process.kill(process.pid, 'SIGKILL');

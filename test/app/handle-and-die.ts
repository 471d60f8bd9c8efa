import { DatabaseSync } from 'node:sqlite';
import type { Intent } from '../../src/ports/application.ts';
import { composeOver, type PracticeAddresses } from './compose-over.ts';

/**
 * A process that takes an intent and is killed (kill -9) at a point: `node handle-and-die.ts <json>`. Points are counted from
 * the moment it is handed over, one before and one after each transaction of the store. Ends with 0 if it comes to no such point.
 */
interface Task {
  readonly practice: PracticeAddresses;
  readonly store: string;
  readonly intent: Intent;
  readonly dieAt: number;
}

const { practice, store, intent, dieAt } = JSON.parse(process.argv[2] ?? '') as Task;
let points = Number.NaN;
const point = () => {
  points += 1;
  if (points === dieAt) process.kill(process.pid, 'SIGKILL');
};
const execute = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function (sql: string): void {
  if (sql === 'COMMIT') point();
  execute.call(this, sql);
  if (sql === 'COMMIT') point();
};

const { application } = await composeOver(practice, store);
await application.start();
points = 0;
await application.handle(intent);
process.exit(0);

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openSqliteJournal } from '../../adapters/journal/sqlite/journal.ts';
import { startServe } from '../e2e/run-execfmt.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { startSlack } from '../servers/slack/start-slack.ts';
import { startEstate } from './start-estate.ts';

const LIMIT = 256 * 1024 * 1024;
const RUNS = 50;
const V1 = '/sys/fs/cgroup/memory';

/** A control group with the limit, of whichever version this machine has. Swap does not count as room. */
function makeGroup() {
  const v1 = existsSync(V1);
  const group = join(v1 ? V1 : '/sys/fs/cgroup', `execfmt-faults-${process.pid}`);
  mkdirSync(group);
  const write = (file: string, value: number) =>
    existsSync(join(group, file)) && writeFileSync(join(group, file), `${value}`);
  write(v1 ? 'memory.limit_in_bytes' : 'memory.max', LIMIT);
  write(v1 ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max', v1 ? LIMIT : 0);
  const read = (file: string) => readFileSync(join(group, file), 'utf8');
  return {
    /** Enters the group and becomes what is named after it. */
    entering: ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh'],
    /** The largest amount of memory that all of its processes ever had, with the page cache, bytes. */
    peak: () => Number(read(v1 ? 'memory.max_usage_in_bytes' : 'memory.peak')),
    kills: () => Number(/oom_kill (\d+)/.exec(read(v1 ? 'memory.oom_control' : 'memory.events'))?.[1]),
    /** The largest resident set of one process so far, bytes: VmHWM of proc(5). */
    residents: () =>
      read('cgroup.procs')
        .trim()
        .split('\n')
        .map((pid) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024),
    remove: () => rmdirSync(group),
  };
}

suite('a memory limit of 256 MB', ['memory-limits'], () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it('is enough for 50 runs at once', { timeout: 400_000 }, async ({ annotate }) => {
    const group = makeGroup();
    ends.push(() => group.remove());
    const estate = await startEstate();
    ends.push(() => estate.stop());
    const slack = await startSlack();
    ends.push(() => slack.close());
    const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl };
    const channels = Array.from({ length: RUNS }, (_, n) => `C0LOAD${n}`);
    for (const channel of channels) slack.addChannel(channel);
    const configuration = estate.configuration(RUNS);
    const serving = await startServe({ configuration, env, startedBy: group.entering });
    ends.push(() => serving.remove());

    await Promise.all(channels.map((channel, n) => slack.command(`svc-${n}`, { channel })));
    const journal = openSqliteJournal(join(serving.folder, 'data/execfmt.db'));
    ends.push(() => journal.stop());
    const factsOf = async (run: string) => (await journal.read(run)).map(({ fact }) => fact.type);
    await waitFor('all runs to end and to be told', 330_000, async () => {
      const facts = await Promise.all((await journal.list(100)).map(({ run }) => factsOf(run)));
      const ended = facts.filter((each) => each.includes('verdict-reached') && each.includes('closed'));
      return (ended.length === RUNS && (await journal.untold('slack')).length === 0) || null;
    });
    expect(channels.map((channel) => slack.messages(channel).length)).toEqual(channels.map(() => 1));
    const resident = group.residents().reduce((sum, each) => sum + each, 0);
    await annotate(
      `50 runs at once: resident ${Math.round(resident / 2 ** 20)} MiB, charged at most ${Math.round(group.peak() / 2 ** 20)} MiB.`,
    );
    expect(group.kills()).toBe(0);
    expect(resident).toBeLessThan(LIMIT);
    expect(group.peak()).toBeLessThanOrEqual(LIMIT);
    expect(await serving.stop()).toBe(0);
  });
});

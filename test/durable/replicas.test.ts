import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openPostgresJournal } from '../../adapters/journal/postgres/journal.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { quiet as log } from '../app/quiet-log.ts';
import { type LabPostgres, startPostgres } from '../lab/postgres.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { startTcpProxy } from '../servers/tcp-proxy.ts';
import { createReplicas, type Replicas } from './replicas.ts';

const LONG = { timeout: 180_000 };

suite('three replicas on one PostgreSQL', ['postgresql'], () => {
  let server: LabPostgres;
  let replicas: Replicas;
  let journal: Journal;
  let databases = 0;
  let database = '';
  beforeAll(async () => {
    server = await startPostgres({ durable: true });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    database = `replicas_${++databases}`;
    const url = await server.createDatabase(database);
    replicas = createReplicas(url);
    journal = await openPostgresJournal({ url, log });
    await journal.open('r-record', 'record', { key: 'opened', fact: { type: 'closed' } }, new Date());
  });
  afterEach(async () => {
    await replicas.cleanUp();
    await journal.stop();
  });

  const three = () => Promise.all(['one', 'two', 'three'].map((name) => replicas.begin(name)));
  const openGate = (id: string) => journal.setPosted(id, 'gate', 'open', { ref: null, version: '' });
  const ofAction = (id: string) => replicas.diary().filter((line) => line.includes(id));
  const stepsOf = (id: string) => ofAction(id).map((line) => line.split(': ')[1]);
  const executions = async () => (await journal.read('r-record')).filter(({ key }) => key.startsWith('ended:'));
  const cut = () =>
    server.query(
      'postgres',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND application_name LIKE 'execfmt%'`,
    );

  it('start one execution of an approval that all of them are told of at once', LONG, async () => {
    const all = await three();
    const answers = await Promise.all(all.map((replica) => replica.start('plan-1', 'render-01/pdf')));
    expect(answers.toSorted()).toEqual(['exists', 'exists', 'started']);
    expect(await Promise.all(all.map((replica, index) => replica.start(`plan-2${index}`, 'render-01/pdf')))).toEqual([
      'locked',
      'locked',
      'locked',
    ]);
    await openGate('plan-1');
    await replicas.line('ends plan-1');
    expect(stepsOf('plan-1')).toEqual(['pulls plan-1', 'creates plan-1', 'starts plan-1', 'ends plan-1 at once']);
    expect(await executions()).toHaveLength(1);
  });

  it('take over what a killed one ran, with what it remembered and its lock', LONG, async () => {
    const all = await three();
    await all[0]?.start('plan-1', 'render-01/pdf');
    const runner = (await replicas.line('creates plan-1')).split(':')[0];
    await all.find(({ name }) => name === runner)?.kill();
    const others = all.filter(({ name }) => name !== runner);
    expect(await others[0]?.start('plan-2', 'render-01/pdf')).toBe('locked');
    await openGate('plan-1');
    await replicas.line('ends plan-1');
    expect(stepsOf('plan-1')).toEqual([
      'pulls plan-1',
      'creates plan-1',
      'creates plan-1',
      'starts plan-1',
      'ends plan-1 resumed',
    ]);
    expect(ofAction('ends plan-1')[0]).not.toContain(`${runner}:`);
    expect(await executions()).toHaveLength(1);
    expect(await others[1]?.start('plan-3', 'render-01/pdf')).toBe('started');
  });

  it('take over what a frozen one ran, which goes no further when it thaws', LONG, async () => {
    const all = await three();
    await all[0]?.start('plan-1', 'render-01/pdf');
    const runner = (await replicas.line('creates plan-1')).split(':')[0];
    const frozen = all.find(({ name }) => name === runner);
    frozen?.freeze();
    const again = () => waitFor('another to begin', 60_000, async () => ofAction('creates plan-1')[1]);
    expect(await again()).not.toContain(`${runner}:`);
    frozen?.thaw();
    await openGate('plan-1');
    await replicas.line('ends plan-1');
    expect(await frozen?.start('plan-1')).toBe('exists');
    expect(await frozen?.start('plan-2')).toBe('started');
    await openGate('plan-2');
    await replicas.line('ends plan-2');
    expect(stepsOf('plan-1')).toEqual([
      'pulls plan-1',
      'creates plan-1',
      'creates plan-1',
      'starts plan-1',
      'ends plan-1 resumed',
    ]);
  });

  it('hand over at a rolling update: each is stopped while it runs something, and nothing is lost', LONG, async () => {
    const all = await three();
    const ids = ['plan-1', 'plan-2', 'plan-3', 'plan-4', 'plan-5', 'plan-6'];
    await Promise.all(ids.map((id, index) => all[index % 3]?.start(id)));
    for (const id of ids) await replicas.line(`creates ${id}`);
    for (const [index, replica] of all.entries()) {
      await replica.stop();
      await replicas.begin(`next ${index}`);
    }
    await Promise.all(ids.map(openGate));
    for (const id of ids) await replicas.line(`ends ${id}`);
    for (const id of ids) {
      expect(stepsOf(id).filter((step) => step === `pulls ${id}`)).toHaveLength(1);
      expect(stepsOf(id).filter((step) => step === `starts ${id}`)).toHaveLength(1);
    }
    expect(await executions()).toHaveLength(ids.length);
  });

  it('go on when all connections are cut, without a second execution', LONG, async () => {
    const all = await three();
    await all[1]?.start('plan-1');
    await replicas.line('creates plan-1');
    await cut();
    await openGate('plan-1');
    await replicas.line('ends plan-1');
    expect(stepsOf('plan-1').filter((step) => step !== 'creates plan-1')).toEqual([
      'pulls plan-1',
      'starts plan-1',
      expect.stringContaining('ends plan-1'),
    ]);
    expect(await executions()).toHaveLength(1);
    expect(await all[2]?.start('plan-1')).toBe('exists');
  });

  it('take over from one that is cut off without a word; it breaks its work off, and comes back', LONG, async () => {
    const direct = new URL(server.url(database));
    const proxy = await startTcpProxy(Number(direct.port));
    const through = Object.assign(new URL(direct), { port: String(proxy.port) });
    const alone = await replicas.begin('alone', through.href);
    await alone.start('plan-1', 'render-01/pdf');
    await replicas.line('creates plan-1');
    const other = await replicas.begin('other');
    proxy.drop();
    await openGate('plan-1');
    expect(await replicas.line('ends plan-1')).toBe('other: ends plan-1 resumed');
    proxy.heal();
    expect(await alone.start('plan-1')).toBe('exists');
    await other.stop();
    expect(await alone.start('plan-2', 'render-01/pdf')).toBe('started');
    await openGate('plan-2');
    await replicas.line('alone: ends plan-2');
    expect(stepsOf('plan-1').filter((step) => step !== 'creates plan-1')).toEqual([
      'pulls plan-1',
      'starts plan-1',
      'ends plan-1 resumed',
    ]);
    await proxy.close();
  });

  it.each(['fast', 'crash'] as const)('go on when the database is restarted (%s)', LONG, async (how) => {
    const all = await three();
    const ids = ['plan-1', 'plan-2', 'plan-3'];
    await Promise.all(ids.map((id, index) => all[index]?.start(id)));
    for (const id of ids) await replicas.line(`creates ${id}`);
    await server.halt(how);
    await server.resume();
    await Promise.all(ids.map(openGate));
    for (const id of ids) await replicas.line(`ends ${id}`);
    for (const id of ids) {
      expect(stepsOf(id).filter((step) => step === `pulls ${id}`)).toHaveLength(1);
      expect(stepsOf(id).filter((step) => step === `starts ${id}`)).toHaveLength(1);
    }
    expect(await executions()).toHaveLength(ids.length);
    expect(await all[0]?.start('plan-4')).toBe('started');
    await openGate('plan-4');
    await replicas.line('ends plan-4');
  });
});

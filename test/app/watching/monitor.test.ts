import { expect, it } from 'vitest';
import { createMonitor } from '../../../src/app/watching/monitor.ts';
import { type Answer, failed, known } from '../../../src/playbook/answer.ts';
import type { Connection, Reached } from '../../../src/ports/connection.ts';
import { noMeter } from '../../../src/ports/meter.ts';
import { createFastClock } from '../fast-clock.ts';

const SPEED = 100;

function bench(needed: readonly Connection[], others: readonly Connection[] = []) {
  const lines: string[] = [];
  const say = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: say, info: say, warn: say, error: say };
  const clock = createFastClock(SPEED);
  return { monitor: createMonitor({ needed, others, clock, log, meter: noMeter }), lines, clock };
}

/** A connection that is as a test says, and counts how often it was asked. */
function switched(kind: Connection['kind'], name: string) {
  const self = {
    up: true,
    asked: 0,
    connection: {
      kind,
      name,
      try: async (): Promise<Answer<Reached>> => {
        self.asked += 1;
        return self.up ? known({ detail: 'fine', lacks: [] }) : failed('unreachable', name, 'it is away');
      },
    } satisfies Connection,
  };
  return self;
}

it('is ready while all that is needed works, whatever becomes of the rest', async () => {
  const store = switched('store', 'journal');
  const host = switched('host', 'render-01');
  host.up = false;
  const { monitor, clock, lines } = bench([store.connection], [host.connection]);
  await monitor.look();
  const first = await monitor.look();
  expect(first.ready).toBe(true);
  expect(first.connections.map(({ name, state }) => [name, state])).toEqual([
    ['journal', 'up'],
    ['render-01', 'down'],
  ]);
  store.up = false;
  await clock.sleep(6_000);
  const second = await monitor.look();
  expect(second.ready).toBe(false);
  expect(second.connections[0]).toMatchObject({ state: 'down', detail: 'it is away' });
  expect(Date.parse(second.connections[0]?.since ?? '')).toBeGreaterThan(Date.parse(first.connections[0]?.since ?? ''));
  expect(lines.filter((line) => line.includes('a connection does not work'))).toHaveLength(2);
});

it('asks nobody twice in a short time, however often it is looked at', async () => {
  const store = switched('store', 'journal');
  const host = switched('host', 'render-01');
  const { monitor } = bench([store.connection], [host.connection]);
  await Promise.all(Array.from({ length: 20 }, () => monitor.look()));
  expect([store.asked, host.asked]).toEqual([1, 1]);
});

it('does not wait for a host that hangs, and gives up what is needed after a while', async () => {
  const never: Connection['try'] = () => new Promise(() => {});
  const hangs = { kind: 'chat', name: 'slack', try: never } as const;
  const host = { kind: 'host', name: 'render-01', try: never } as const;
  const { monitor } = bench([hangs], [host]);
  const { ready, connections } = await monitor.look();
  expect(ready).toBe(false);
  expect(connections.map(({ state }) => state)).toEqual(['down', 'unknown']);
  expect(connections[0]?.detail).toContain('did not answer within 2 s');
});

it('follows another configuration: what is gone is forgotten, what stays keeps its state', async () => {
  const [store, one, two] = [switched('store', 'journal'), switched('host', 'one'), switched('host', 'two')];
  const { monitor } = bench([store.connection], [one.connection, two.connection]);
  await monitor.look();
  await monitor.look();
  monitor.follow([two.connection, switched('host', 'three').connection]);
  const { connections } = await monitor.look();
  expect(connections.map(({ name }) => name)).toEqual(['journal', 'two', 'three']);
  expect(connections[1]?.state).toBe('up');
});

it('tells a defect as a failure and goes on', async () => {
  const broken: Connection = { kind: 'store', name: 'journal', try: () => Promise.reject(new Error('a defect')) };
  const { monitor } = bench([broken]);
  const { ready, connections } = await monitor.look();
  expect([ready, connections[0]?.state]).toEqual([false, 'down']);
  expect(connections[0]?.detail).toContain('a defect');
});

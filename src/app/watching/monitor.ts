import type { Answer } from '../../playbook/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Connection, ConnectionKind, Reached } from '../../ports/connection.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import { tryConnection } from './try-connections.ts';

/** How a connection was found last. `unknown`: it was not tried yet. */
export interface ConnectionState {
  readonly kind: ConnectionKind;
  readonly name: string;
  readonly state: 'up' | 'down' | 'unknown';
  /** When it came to be so, as far as this process knows; null while it is unknown. ISO 8601. */
  readonly since: string | null;
  /** What it says, or why it is down; without secrets. */
  readonly detail: string;
}

/** Whether the program can do its work, and how everything that it connects to is. */
export interface Readiness {
  readonly ready: boolean;
  readonly connections: readonly ConnectionState[];
}

/** Knows how connections are, without asking them more often than is good for them. */
export interface Monitor {
  /** Quick: what the work cannot do without is asked if that was long ago; the rest is as it was found last, and asked behind it. */
  look(): Promise<Readiness>;
  /** Other connections than before, after the configuration has changed. What stays keeps its state. */
  follow(others: readonly Connection[]): void;
  /** Gives up what is being asked. */
  stop(): void;
}

/** What is known is this old at most, where the work depends on it and where it does not. Milliseconds. */
const FRESH_MS = 5_000;
const FRESH_OTHERS_MS = 30_000;
/** A probe of Kubernetes waits; hosts may take their time. */
const NEEDED_MS = 2_000;
const OTHER_MS = 15_000;
/** Others that are asked at the same time: each over ssh is a process. */
const AT_ONCE = 8;

export interface MonitorParts {
  /** Without these the program is not ready: the store and the chats. */
  readonly needed: readonly Connection[];
  readonly others: readonly Connection[];
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

export function createMonitor({ needed, others, clock, log, meter }: MonitorParts): Monitor {
  const states = new Map<string, ConnectionState>();
  const life = clock.lifetime();
  let followed = others;
  let needing: Promise<unknown> | null = null;
  let following: Promise<unknown> | null = null;
  let neededAt = Number.NEGATIVE_INFINITY;
  let followedAt = Number.NEGATIVE_INFINITY;

  const known = ({ kind, name }: Connection): ConnectionState =>
    states.get(keyOf(kind, name)) ?? { kind, name, state: 'unknown', since: null, detail: 'not tried yet' };
  const attempt = async (connection: Connection, ms: number) => {
    const { answer } = await tryConnection(connection, clock, ms, life.signal);
    if (life.signal.aborted) return;
    const before = known(connection);
    const now = stateOf(before, answer, clock);
    if (before.state !== now.state && (before.state !== 'unknown' || now.state === 'down')) tell(log, now);
    states.set(keyOf(connection.kind, connection.name), now);
  };
  const lookAtNeeded = () => {
    if (clock.monotonic() - neededAt < FRESH_MS) return needing;
    neededAt = clock.monotonic();
    needing = Promise.all(needed.map((connection) => attempt(connection, NEEDED_MS)));
    return needing;
  };
  const lookAtOthers = () => {
    if (life.signal.aborted || following !== null || clock.monotonic() - followedAt < FRESH_OTHERS_MS) return;
    followedAt = clock.monotonic();
    following = inTurn(followed, (connection) => attempt(connection, OTHER_MS)).finally(() => {
      following = null;
    });
  };
  const all = () => [...needed, ...followed].map(known);

  meter.gauge(
    {
      name: 'execfmt_connection_up',
      help: '1 when the store, a chat, host, cluster or registry was found to work, 0 when not.',
      labels: ['kind', 'name'],
    },
    () => {
      lookAtOthers();
      return all().flatMap(({ kind, name, state }) =>
        state === 'unknown' ? [] : [{ labels: { kind, name }, value: state === 'up' ? 1 : 0 }],
      );
    },
  );
  return {
    async look() {
      lookAtOthers();
      await lookAtNeeded();
      return { ready: needed.every((connection) => known(connection).state === 'up'), connections: all() };
    },
    follow(next) {
      followed = next;
      followedAt = Number.NEGATIVE_INFINITY;
      const kept = new Set([...needed, ...next].map(({ kind, name }) => keyOf(kind, name)));
      for (const key of states.keys()) if (!kept.has(key)) states.delete(key);
    },
    stop: () => life.end(),
  };
}

const keyOf = (kind: ConnectionKind, name: string) => `${kind} ${name}`;

function stateOf(before: ConnectionState, answer: Answer<Reached>, clock: Clock): ConnectionState {
  const state = answer.kind === 'known' ? 'up' : 'down';
  const since = before.state === state ? before.since : clock.now().toISOString();
  const detail = answer.kind === 'known' ? answer.value.detail : answer.why.message;
  const lacks = answer.kind === 'known' ? answer.value.lacks.map((what) => `; not permitted: ${what}`) : [];
  return { ...before, state, since, detail: [detail, ...lacks].join('') };
}

function tell(log: Log, { kind, name, state, detail }: ConnectionState): void {
  if (state === 'up') log.info({ kind, name }, 'a connection works again');
  else log.warn({ kind, name, why: detail }, 'a connection does not work');
}

async function inTurn(connections: readonly Connection[], work: (connection: Connection) => Promise<void>) {
  const left = [...connections];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.shift(); next; next = left.shift()) await work(next);
  });
  await Promise.all(workers);
}

import type { EarlierRun } from '../../../src/playbook/evidence.ts';
import type { Engine } from './engine.ts';

/** One line of the engine's events (Docker Engine API, GET /events). */
interface EventDocument {
  readonly Action?: string;
  /** Seconds since 1970. */
  readonly time?: number;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

const MOST_BYTES = 4 * 1024 * 1024;
/** The engine keeps the last 256 events of this long ago at most; older ones are gone with a restart of it. */
const SINCE_S = 90 * 24 * 3600;

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

/** Pairs starts with ends, newest first. */
function runsOf(events: readonly EventDocument[]): readonly EarlierRun[] {
  const open = new Map<string, EarlierRun>();
  const runs: EarlierRun[] = [];
  for (const { Action, time, Actor } of events) {
    const id = Actor?.ID;
    const image = Actor?.Attributes?.image;
    if (!id || !image || time === undefined) continue;
    if (Action === 'start') open.set(id, { image, startedAt: iso(time), endedAt: null, exitCode: null });
    const begun = open.get(id);
    if (Action !== 'die' || !begun) continue;
    const exit = Number(Actor?.Attributes?.exitCode);
    runs.push({ ...begun, endedAt: iso(time), exitCode: Number.isInteger(exit) ? exit : null });
    open.delete(id);
  }
  return [...runs, ...open.values()].toReversed();
}

/** When containers of this name ran, and of which image, as far as the engine remembers. Rejects with ProbeError. */
export async function readHistory(
  engine: Engine,
  container: string,
  signal: AbortSignal,
): Promise<readonly EarlierRun[]> {
  const now = Math.floor(engine.clock.now().getTime() / 1000);
  const filters = JSON.stringify({ type: ['container'], container: [container], event: ['start', 'die'] });
  const query = { since: String(now - SINCE_S), until: String(now), filters };
  const text = await engine.open({ method: 'GET', path: '/events', query }, signal, async (answer) => {
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > MOST_BYTES) break;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  });
  return runsOf(text.split('\n').flatMap(parseLine));
}

/** A line that is cut off or none of ours tells nothing. */
function parseLine(line: string): EventDocument[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [value as EventDocument] : [];
  } catch {
    return [];
  }
}

import { randomUUID } from 'node:crypto';
import { waitFor } from '../lab/waiting.ts';
import type { BrokenService } from './chaos-stage.ts';
import { type Kill, type KillableServe, killableServe } from './killable-serve.ts';
import { type Fields, pressForms } from './press-forms.ts';
import { readStore, type StoreReader } from './read-store.ts';

/** What is left of an action whose processes were killed. */
export interface Aftermath {
  readonly run: string;
  /** Points at which the last process, and at which each killed one could have been killed. */
  readonly points: readonly number[];
  /** Whether the action itself was under way at one of the kills. */
  readonly interrupted: boolean;
  readonly store: StoreReader;
  /** The run's page at the end. */
  readonly thread: string;
  /** What the processes wrote. */
  readonly output: string;
}

/**
 * Has `execfmt serve` repair a service over its page, kills it in each of the given ways in turn, the first time counted from
 * the moment of the approval, and starts it again each time. The approval is one press: it is delivered
 * again only while it was not acknowledged. At the end it is pressed once more. `meanwhile` is done each time that it is dead.
 */
export async function killAndRestart(
  service: BrokenService,
  kills: readonly Kill[],
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<Aftermath> {
  const serve = killableServe(service.configuration, service.port);
  const store = readStore(service.store);
  try {
    await serve.start({ at: 'never' });
    const page = pressForms(serve.url);
    const run = await page.command(service.name);
    await page.press(run, await buttonFor(page, run, 'propose'));
    const approval = { fields: await buttonFor(page, run, 'approve'), delivery: randomUUID() };
    const [first, ...others] = kills;
    serve.arm(first ?? { at: 'never' });
    const press = pressOnce(serve, run, approval);
    await press();
    const { points, interrupted } = await dieInTurn(serve, store, others, press, meanwhile);
    await waitFor('the action to end', 120_000, async () => isOver(store) || null, serve.output);
    // Somebody who saw no effect, and presses once more.
    await page.press(run, approval.fields);
    const thread = await page.thread(run);
    return { run, points: [...points, serve.points()], interrupted, store, thread, output: serve.output() };
  } finally {
    serve.kill();
    await serve.ended();
  }
}

/** Starts it again each time that it was killed, until the action has ended. */
async function dieInTurn(
  serve: KillableServe,
  store: StoreReader,
  kills: readonly Kill[],
  redeliver: () => Promise<void>,
  meanwhile: () => Promise<void>,
): Promise<Pick<Aftermath, 'points' | 'interrupted'>> {
  const points: number[] = [];
  const left = [...kills];
  let interrupted = false;
  while ((await killedOrOver(serve, store)) === 'killed') {
    points.push(serve.points());
    interrupted ||= store.workflow('carry-out') === 'unfinished';
    await serve.ended();
    await meanwhile();
    if (await serve.start(left.shift() ?? { at: 'never' })) await redeliver();
  }
  return { points, interrupted };
}

/** Waits until the process was killed, or the action has ended before it came to that. */
async function killedOrOver(serve: KillableServe, store: StoreReader): Promise<'killed' | 'over'> {
  const outcome = await waitFor('the process to be killed or the action to end', 120_000, async () => {
    if (!serve.alive()) return 'killed';
    return isOver(store) ? 'over' : null;
  });
  // Unless it is too late to say so.
  serve.spare();
  return serve.alive() ? outcome : 'killed';
}

const isOver = (store: StoreReader) => store.workflow('carry-out') === 'done';

interface Approval {
  readonly fields: Fields;
  readonly delivery: string;
}

/**
 * Presses the button of an approval as one delivery, which comes again only as long as it was not acknowledged: the process may
 * die before it answers. Nobody presses anew.
 */
function pressOnce(serve: KillableServe, run: string, { fields, delivery }: Approval): () => Promise<void> {
  let acknowledged = false;
  return async () => {
    if (acknowledged) return;
    const status = await pressForms(serve.url)
      .press(run, fields, delivery)
      .catch(() => null);
    acknowledged = status !== null && status < 400;
  };
}

async function buttonFor(page: ReturnType<typeof pressForms>, run: string, action: string): Promise<Fields> {
  return waitFor(`a button to ${action}`, 120_000, () => page.button(run, action));
}

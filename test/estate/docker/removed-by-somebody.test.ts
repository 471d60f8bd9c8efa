import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import type { ImageSwapper, Swap } from '../../../src/ports/image-swap.ts';
import { absences, type EngineDiary, keepEngineDiary } from '../../chaos/engine-diary.ts';
import { suite } from '../../lab/requirements.ts';
import { atSomeCalls, THOROUGH } from './at-every-call.ts';
import { Crash, meddledClient } from './crashes.ts';
import { type Bench, realBench } from './incident-bench.ts';
import { type Ending, journalledSwap, type Steps } from './journalled-swap.ts';
import { expectAsBefore } from './swap-attempt.ts';
import { systemClock } from './system-clock.ts';
import { swapOf } from './under-contract.ts';

const FATES = ['lives', 'dies'] as const;
const always = { NetworkMode: 'none', RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };

suite('a swap on a real engine in which somebody removes a container', ['engine', 'no-emulator'], () => {
  let bench: Bench;
  let diary: EngineDiary;
  beforeAll(async () => {
    bench = await realBench();
    await bench.pullGood();
    diary = await keepEngineDiary(bench.client);
  });
  afterAll(async () => {
    diary?.close();
    await bench?.close();
  });

  const freshOf = async (swap: Swap) => {
    const filters = { label: [`execfmt.swap=${swap.id}`] };
    return (await bench.client.listContainers({ all: true, filters }))[0]?.Id ?? null;
  };
  const isThere = async (id: string) => {
    const all = await bench.client.listContainers({ all: true });
    return all.some(({ Id }) => Id === id);
  };
  const deploy = async (ran: boolean) => {
    const started = await bench.deploy(bench.bad, { HostConfig: always, StopTimeout: 1 });
    const container = bench.client.getContainer(started.Id);
    if (!ran) await container.stop();
    return container.inspect();
  };

  interface Round {
    readonly victim: 'old' | 'new';
    readonly fate: (typeof FATES)[number];
    /** Whether the old one ran. */
    readonly ran: boolean;
    /** Where the new one shall not do, so that the old one is put back. */
    readonly health: 'does' | 'does not';
  }

  /** A swap in which, after the n-th changing call, somebody removes a container. */
  const round = async (after: number, { victim, fate, ran, health }: Round) => {
    const old = await deploy(ran);
    const swap = swapOf(bench, old);
    const steps: Steps = new Map();
    const seen = { calls: false, removed: false, freshBefore: null as string | null };
    const meddle = async () => {
      seen.calls = true;
      seen.freshBefore = await freshOf(swap);
      const id = victim === 'old' ? old.Id : seen.freshBefore;
      // Once the action has removed one of the two, the other is all that there is: whoever removes it wants it gone.
      if (id === null || seen.freshBefore === null || !(await isThere(old.Id))) return;
      seen.removed = true;
      await bench.client.getContainer(id).remove({ force: true });
    };
    const swapperOver = (client: Bench['client']): ImageSwapper => {
      const swapper = createDockerSwapper({ name: bench.host, client, clock: systemClock });
      if (health === 'does') return swapper;
      const observe: ImageSwapper['observe'] = async (...asked) => {
        const answer = await swapper.observe(...asked);
        return answer.kind === 'known' ? { kind: 'known', value: { ...answer.value, running: false } } : answer;
      };
      return { ...swapper, observe };
    };
    const ending = await journalledSwap(
      swapperOver(meddledClient(bench.client, after, fate, meddle)),
      swap,
      steps,
    ).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Crash);
      return journalledSwap(swapperOver(bench.client), swap, steps);
    });
    return { old, swap, ending, ...seen };
  };

  const expectReplaced = async ({ old, swap }: { readonly old: Docker.ContainerInspectInfo; readonly swap: Swap }) => {
    const { Id, State } = await bench.client.getContainer(old.Name.slice(1)).inspect();
    expect({ Id, runs: State.Running }).toEqual({ Id: await freshOf(swap), runs: true });
    expect(await isThere(old.Id)).toBe(false);
  };

  const rounds = (['does', 'does not'] as const).flatMap((health) =>
    FATES.flatMap((fate) => (fate === 'dies' ? [true, false] : [true]).map((ran) => ({ health, fate, ran }))),
  );
  const numbered = rounds.map((how, number) => ({ ...how, number }));

  it.each(numbered)(
    'the new one, at any moment, where it $health do, the process $fate and the old one ran: $ran',
    async (how) => {
      let removed = 0;
      await atSomeCalls(how.number, async (after) => {
        const result = await round(after, { ...how, victim: 'new' });
        const name = result.old.Name.slice(1);
        const events = diary.of(name);
        expect(absences(events, name), `after call ${after}`).toEqual([]);
        if (result.removed) {
          removed += 1;
          await (result.ending.outcome === 'succeeded'
            ? expectReplaced(result)
            : expectAsBefore(bench.client, result.old));
          // Unless the process died before it had written down that the new one was created: then it is created again.
          const again = how.fate === 'dies' && after === 1 && how.health === 'does';
          expect(result.ending.outcome, `after call ${after}`).toBe(again ? 'succeeded' : 'restored');
        }
        return result.calls;
      });
      // Created, stopped, without a policy, renamed, renamed, started.
      expect(removed).toBeGreaterThan(!THOROUGH ? 0 : how.health === 'does' ? 4 : 8);
    },
    600_000,
  );

  it.each(FATES)(
    'the old one, at any moment, where the process %s: the new one stays, with its settings',
    async (fate) => {
      const outcomes = new Set<Ending['outcome']>();
      for (const health of ['does', 'does not'] as const)
        await atSomeCalls(fate === 'lives' ? 1 : 3, async (after) => {
          const result = await round(after, { victim: 'old', fate, ran: true, health });
          if (result.removed) {
            const { ending, freshBefore } = result;
            outcomes.add(ending.outcome);
            const fresh = await bench.client.getContainer(freshBefore ?? '').inspect();
            if (ending.outcome === 'succeeded')
              expect(fresh).toMatchObject({ Name: result.old.Name, State: { Running: true } });
            else
              expect(ending, `after call ${after}`).toEqual({
                outcome: 'failed',
                said: expect.stringContaining(fresh.Name.slice(1)),
              });
          }
          return result.calls;
        });
      if (THOROUGH) expect(outcomes).toEqual(new Set(['succeeded', 'failed']));
      else expect(outcomes.size).toBeGreaterThan(0);
    },
    600_000,
  );
});

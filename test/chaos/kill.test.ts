import { afterAll, beforeAll, expect, it } from 'vitest';
import { dice } from '../kernels/dice.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { type ChaosStage, type Health, openChaosStage } from './chaos-stage.ts';
import { absences } from './engine-diary.ts';
import { type Aftermath, killAndRestart } from './kill-and-restart.ts';
import type { Kill } from './killable-serve.ts';
import { planDeaths } from './plan-deaths.ts';

/** How many processes are killed; `npm run chaos:long` kills 240. */
const KILLS = Number(process.env.EXECFMT_CHAOS_KILLS ?? 12);
/** How many of them are robbed of their new container too. */
const ROBBED = Number(process.env.EXECFMT_CHAOS_KILLS ?? 6);
/** Services that are repaired at the same time, each by processes of its own. */
const AT_ONCE = Number(process.env.EXECFMT_CHAOS_AT_ONCE ?? 3);
/** The same seed, the same kills. */
const SEED = Number(process.env.EXECFMT_CHAOS_SEED ?? 7);

suite('an approved rollback whose process is killed', ['engine', 'docker-registry', 'skopeo', 'no-emulator'], () => {
  let stage: ChaosStage;
  beforeAll(async () => {
    stage = await openChaosStage();
  });
  afterAll(() => stage?.close());

  const round = async (health: Health, kills: readonly Kill[]): Promise<Aftermath> => {
    const service = await stage.deploy(health);
    try {
      const aftermath = await killAndRestart(service, kills);
      await (health === 'recovers' ? expectReplaced : expectPutBack)(service.name, service.containerId);
      expectToldOnce(aftermath, health === 'recovers' ? 'succeeded' : 'restored');
      return aftermath;
    } catch (error) {
      const tale = stage.diary.of(service.name).map(({ action, name }) => `${action} ${name}`);
      throw new Error(`${health}, ${JSON.stringify(kills)}, seed ${SEED}: ${String(error)}\n${tale.join('\n')}`, {
        cause: error,
      });
    } finally {
      await service.remove();
    }
  };

  /** The engine's diary of a service, once it tells the last thing that a swap does. */
  const diaryOf = (name: string) =>
    waitFor('the engine to tell that a container was removed', 30_000, async () => {
      const events = stage.diary.of(name);
      return events.some(({ action }) => action === 'destroy') ? events : null;
    });

  const expectReplaced = async (name: string, old: string) => {
    const events = await diaryOf(name);
    expect(absences(events, name)).toEqual([]);
    const made = events.filter(({ action, swap }) => action === 'create' && swap !== null);
    expect(made, 'containers that were created').toHaveLength(1);
    const fresh = made[0]!.id;
    expect(countOf(events, fresh)).toEqual({ create: 1, start: 1, rename: 1, destroy: 0 });
    expect(countOf(events, old)).toMatchObject({ rename: 1, destroy: 1 });
    const { Id, State, Config, Name, HostConfig } = await stage.docker.getContainer(name).inspect();
    expect({ Id, Name, runs: State.Running, Image: Config.Image }).toEqual({
      ...{ Id: fresh, Name: `/${name}`, runs: true },
      Image: stage.good,
    });
    expect(HostConfig.RestartPolicy).toMatchObject({ Name: 'always' });
    expect(Config.Env).toContain(`API_KEY=${stage.secret}`);
    expect(await left(name)).toEqual([fresh]);
  };

  const expectPutBack = async (name: string, old: string) => {
    const events = await diaryOf(name);
    expect(absences(events, name)).toEqual([]);
    const made = events.filter(({ action, swap }) => action === 'create' && swap !== null);
    expect(made, 'containers that were created').toHaveLength(1);
    expect(countOf(events, made[0]!.id)).toEqual({ create: 1, start: 1, rename: 2, destroy: 1 });
    expect(countOf(events, old)).toMatchObject({ rename: 2, destroy: 0 });
    const { State, HostConfig } = await stage.docker.getContainer(name).inspect();
    expect(State.Running || State.Restarting, 'that it is restarted as before').toBe(true);
    expect(HostConfig.RestartPolicy).toMatchObject({ Name: 'always' });
    expect(await left(name)).toEqual([old]);
  };

  /** Removes the new container as long as the old one is there. Resolves to whether there was one. */
  const removeFresh = async (name: string, old: string): Promise<boolean> => {
    const fresh = diaryOfMade(name);
    const standing = await left(name);
    if (fresh === undefined || !standing.includes(old) || !standing.includes(fresh)) return false;
    await stage.docker.getContainer(fresh).remove({ force: true });
    return true;
  };
  const diaryOfMade = (name: string) =>
    stage.diary.of(name).findLast(({ action, swap }) => action === 'create' && swap !== null)?.id;

  /** One whose process dies, and whose new container somebody removes before it is started again. */
  const robbed = async (kill: Kill): Promise<boolean> => {
    const service = await stage.deploy('recovers');
    const { name, containerId } = service;
    let removed = false;
    try {
      const aftermath = await killAndRestart(service, [kill], async () => {
        removed ||= await removeFresh(name, containerId);
      });
      expect(absences(stage.diary.of(name), name)).toEqual([]);
      const [standing, ...others] = await left(name);
      expect(others).toEqual([]);
      const { Name, State, HostConfig } = await stage.docker.getContainer(standing ?? '').inspect();
      expect({ Name, runs: State.Running || State.Restarting, policy: HostConfig.RestartPolicy?.Name }).toEqual({
        ...{ Name: `/${name}`, runs: true, policy: 'always' },
      });
      expectToldOnce(aftermath, standing === containerId ? 'restored' : 'succeeded');
      return removed;
    } catch (error) {
      const tale = stage.diary.of(name).map(({ action, name: then }) => `${action} ${then}`);
      throw new Error(`${JSON.stringify(kill)}: ${String(error)}\n${tale.join('\n')}`, { cause: error });
    } finally {
      await service.remove();
    }
  };

  const left = async (name: string) => {
    const all = await stage.docker.listContainers({ all: true });
    return all.filter(({ Names }) => Names[0]?.startsWith(`/${name}`)).map(({ Id }) => Id);
  };

  const expectToldOnce = ({ store, thread, output, interrupted }: Aftermath, end: string) => {
    const facts = store.facts();
    const count = (type: string) => facts.filter((fact) => fact.type === type).length;
    expect({
      ...{ proposed: count('action-proposed'), approved: count('action-approved') },
      ...{ started: count('action-started'), finished: count('action-finished') },
    }).toEqual({ proposed: 1, approved: 1, started: 1, finished: 1 });
    const ends = facts.flatMap((fact) => (fact.type === 'action-finished' ? [fact.outcome] : []));
    expect(ends).toEqual([end]);
    const phases = facts.flatMap((fact) => (fact.type === 'action-phase' ? [`${fact.phase} ${fact.state}`] : []));
    expect(new Set(phases).size, 'that each phase is told once').toBe(phases.length);
    if (interrupted) expect(thread).toContain('Interrupted during the change');
    for (const text of [store.everything(), thread, output]) expect(text).not.toContain(stage.secret);
  };

  it(`goes on or is undone, once, whenever it dies: ${KILLS} kills`, {
    timeout: 120_000 + KILLS * 30_000,
  }, async ({ annotate }) => {
    const undisturbed = await Promise.all([round('recovers', []), round('stays unhealthy', [])]);
    const [recovers = 0, unhealthy = 0] = undisturbed.map(({ points: [count] }) => count ?? 0);
    const points = { recovers, 'stays unhealthy': unhealthy };
    const plan = planDeaths(points, KILLS, dice(SEED));
    const deaths = { kills: 0, during: 0 };
    for (let at = 0; at < plan.length; at += AT_ONCE) {
      await stage.forgetGood();
      const batch = plan.slice(at, at + AT_ONCE).map(({ health, kills }) => round(health, kills));
      for (const { points: lives, interrupted } of await Promise.all(batch)) {
        deaths.kills += lives.length - 1;
        deaths.during += interrupted ? 1 : 0;
      }
    }
    await annotate(`seed ${SEED}, points ${JSON.stringify(points)}, ${JSON.stringify(deaths)}`);
    expect(deaths.during, 'kills in the middle of the action').toBeGreaterThan(KILLS / 4);
  });

  it(`has what ran run again, when it dies and the new container is removed then: ${ROBBED} kills`, {
    timeout: 120_000 + ROBBED * 30_000,
  }, async ({ annotate }) => {
    const {
      points: [points = 0],
    } = await round('recovers', []);
    const count = Math.min(ROBBED, points);
    const kills = Array.from(
      { length: count },
      (_, at): Kill => ({ at: 'commit', n: 1 + Math.floor((at * points) / count) }),
    );
    let removed = 0;
    for (let at = 0; at < kills.length; at += AT_ONCE) {
      const batch = await Promise.all(kills.slice(at, at + AT_ONCE).map(robbed));
      removed += batch.filter(Boolean).length;
    }
    await annotate(`${points} points, ${removed} of ${count} removed`);
    expect(removed, 'new containers that were removed').toBeGreaterThan(count / 4);
  });
});

function countOf(events: readonly { action: string; id: string }[], id: string): Record<string, number> {
  const of = (wanted: string) => events.filter((event) => event.id === id && event.action === wanted).length;
  return Object.fromEntries(['create', 'start', 'rename', 'destroy'].map((action) => [action, of(action)]));
}

import type Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ImageSwapper, Swap } from '../../../src/ports/image-swap.ts';
import { absences, type EngineDiary, keepEngineDiary } from '../../chaos/engine-diary.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { suite } from '../../lab/requirements.ts';
import { THOROUGH } from './at-every-call.ts';
import { comparableSettings } from './comparable-settings.ts';
import { Crash, crashingClient } from './crashes.ts';
import { type DamagedBench, damagedBench } from './damaged-bench.ts';
import { CANARY } from './incident-bench.ts';
import { type Ending, journalledSwap } from './journalled-swap.ts';
import { expectAsBefore } from './swap-attempt.ts';

/** As they are compared after a swap. An anonymous volume is mounted by its name from then on: the mounts tell that it is the same. */
function settingsOf(container: Docker.ContainerInspectInfo): Record<string, unknown> {
  const settings = comparableSettings(container);
  const Binds = (container.HostConfig.Binds ?? []).filter((bind) => !/^[0-9a-f]{64}:/.test(bind)).sort();
  return { ...settings, host: { ...container.HostConfig, Binds } };
}

const signal = new AbortController().signal;
/** More than a renewal makes: a loop that would go on beyond it is broken. */
const MOST_CALLS = 30;

suite('a renewal of an image whose layer is damaged', ['engine', 'no-emulator'], () => {
  let bench: DamagedBench;
  let diary: EngineDiary;
  beforeAll(async () => {
    bench = await damagedBench();
    diary = await keepEngineDiary(bench.client);
  });
  afterAll(async () => {
    diary?.close();
    await bench?.close();
  });
  afterEach(() => bench.tidy());

  const standing = (old: Docker.ContainerInspectInfo) => bench.client.getContainer(old.Name.slice(1)).inspect();
  const carriers = async () => {
    const all = await bench.client.listImages({ all: true });
    return all.flatMap(({ RepoTags }) => (RepoTags ?? []).filter((tag) => tag.startsWith('execfmt-carrier')));
  };
  const remove = async ({ Id }: Docker.ContainerInspectInfo) => bench.client.getContainer(Id).remove({ force: true });

  /** The program is whole, the service runs with the settings that it had, and nothing of the renewal is left. */
  const expectRenewed = async (old: Docker.ContainerInspectInfo, ending: Ending) => {
    expect(ending).toMatchObject({ outcome: 'succeeded' });
    const now = await standing(old);
    expect({ id: now.Id === old.Id, image: now.Image, runs: now.State.Running }).toEqual({
      ...{ id: false, image: old.Image, runs: true },
    });
    expect(settingsOf(now)).toEqual(settingsOf(old));
    expect(await bench.isWhole()).toBe(true);
    expect(await carriers()).toEqual([]);
    const all = await bench.client.listContainers({ all: true });
    expect(all.filter(({ Names }) => Names[0]?.startsWith(old.Name)).map(({ Id }) => Id)).toEqual([now.Id]);
  };
  const renew = (swap: Swap, swapper: ImageSwapper = bench.renewalOver(bench.client)) =>
    journalledSwap(swapper, swap, new Map());
  /** The same swapper, with something done before one of its phases. */
  const interrupted = (phase: string, work: () => Promise<unknown>): ImageSwapper => {
    const swapper = bench.renewalOver(bench.client);
    const phases = swapper.phases.map((one) => ({
      ...one,
      run: async (...asked: Parameters<typeof one.run>) => {
        if (one.id === phase) await work();
        return one.run(...asked);
      },
    }));
    return { ...swapper, phases };
  };

  const command = ['/app/render'];
  it.each<[string, Docker.ContainerCreateOptions]>([
    ['nothing but its image’s own', {}],
    ['a command', { Cmd: [...command, '--workers', '4'] }],
    ['an entrypoint', { Entrypoint: command, Cmd: ['--workers', '4'] }],
    ['no entrypoint', { Entrypoint: [''], Cmd: command }],
    [
      'many settings',
      {
        ...{ User: '1000:1000', WorkingDir: '/tmp', Hostname: 'renderer', StopSignal: 'SIGUSR1', Tty: true },
        Env: [`API_KEY=${CANARY}`, 'EMPTY=', 'PATH=/opt/bin:/usr/bin'],
        Labels: { team: 'documents', 'org.opencontainers.image.title': 'mine' },
        ExposedPorts: { '8080/tcp': {} },
        Volumes: { '/var/lib/anonymous': {} },
        Healthcheck: { Test: ['CMD', '/app/render'], Interval: 30e9, Retries: 2 },
        HostConfig: { Memory: 64 * 1024 * 1024, Binds: ['bench-cache:/var/cache/render'], CapDrop: ['NET_RAW'] },
      },
    ],
  ])(
    'repairs it, and the container keeps %s',
    async (_, settings) => {
      const old = await bench.deployDamaged(settings);
      expect(await bench.isWhole()).toBe(false);
      const swap = bench.renewalOf(old);
      const renewal = bench.renewalOver(bench.client);
      expect(knownValue(await renewal.objection!(swap, signal))).toBeNull();
      const said = JSON.stringify([renewal.calls(swap), knownValue(await renewal.notes!(swap, signal))]);
      expect(said).not.toContain(CANARY);
      await expectRenewed(old, await renew(swap, renewal));
    },
    120_000,
  );

  it('goes on to its end, whenever its process is killed', async () => {
    let call = 1;
    // One after the other: they share the image that is damaged.
    for (let dead = true; dead; call += THOROUGH ? 1 : 4) {
      expect(call).toBeLessThan(MOST_CALLS);
      const old = await bench.deployDamaged({ Env: [`API_KEY=${CANARY}`] });
      const swap = bench.renewalOf(old);
      const steps = new Map();
      const dying = journalledSwap(bench.renewalOver(crashingClient(bench.client, call)), swap, steps);
      const ending = await dying.catch((error: unknown) => {
        expect(error).toBeInstanceOf(Crash);
        return null;
      });
      dead = ending === null;
      await expectRenewed(old, ending ?? (await journalledSwap(bench.renewalOver(bench.client), swap, steps)));
      const name = old.Name.slice(1);
      expect(absences(diary.of(name), name), `after call ${call}`).toEqual([]);
      const made = diary.of(name).filter(({ action, swap: by }) => action === 'create' && by !== null);
      expect(made, 'one carries the settings, one is new').toHaveLength(2);
      await bench.tidy();
    }
    expect(call).toBeGreaterThan(15);
  }, 600_000);

  it('puts the old one back when another container was made of the image meanwhile', async () => {
    const old = await bench.deployDamaged();
    const ending = await renew(
      bench.renewalOf(old),
      interrupted('let-go', () => bench.create(bench.good)),
    );
    expect(ending).toMatchObject({ outcome: 'restored' });
    await expectAsBefore(bench.client, old);
  }, 60_000);

  const removeMade = async (by: string) => {
    const filters = { label: [`execfmt.swap=${by}`] };
    for (const { Id } of await bench.client.listContainers({ all: true, filters }))
      await bench.client.getContainer(Id).remove({ force: true });
  };

  it.each(['carry-aside', 'let-go'])(
    'puts the old one back when somebody removes what carries the settings before %s',
    async (phase) => {
      const old = await bench.deployDamaged();
      const swap = bench.renewalOf(old);
      const ending = await renew(
        swap,
        interrupted(phase, () => removeMade(`${swap.id}-c`)),
      );
      expect(ending).toMatchObject({ outcome: 'restored' });
      await expectAsBefore(bench.client, old);
      expect(await carriers()).toEqual([]);
    },
    60_000,
  );

  it.each(['set-aside', 'start'])(
    'keeps the settings when somebody removes the new one before %s',
    async (phase) => {
      const old = await bench.deployDamaged();
      const swap = bench.renewalOf(old);
      const ending = await renew(
        swap,
        interrupted(phase, () => removeMade(swap.id)),
      );
      expect(ending).toMatchObject({ outcome: 'failed', said: expect.stringContaining(`docker pull ${swap.image}`) });
      const carrier = await standing(old);
      expect(carrier.Config.Image).toBe(`execfmt-carrier:${swap.id}`);
      await expectRenewed(old, await renew(bench.renewalOf(carrier)));
    },
    60_000,
  );

  it.each(['carry', 'carry-aside', 'let-go'])(
    'puts the old one back when the registry has gone before %s',
    async (phase) => {
      const old = await bench.deployDamaged();
      const ending = await renew(
        bench.renewalOf(old),
        interrupted(phase, () => bench.closeRegistry()),
      );
      expect(ending).toMatchObject({ outcome: 'restored', said: expect.stringContaining('is back as it was') });
      await expectAsBefore(bench.client, old);
      expect(await carriers()).toEqual([]);
      await bench.openRegistry();
    },
    120_000,
  );

  it.each([
    ['pull', 'the registry answers again', () => bench.openRegistry()],
    ['forget', 'the registry answers again', () => bench.openRegistry()],
    [
      'pull',
      'somebody has pulled it',
      async () => {
        await bench.openRegistry();
        await bench.pullGood();
        await bench.closeRegistry();
      },
    ],
  ])(
    'keeps the settings when the registry has gone before %s, and goes on from there once %s',
    async (phase, _, mend) => {
      const old = await bench.deployDamaged({ Env: [`API_KEY=${CANARY}`], Cmd: command, Volumes: { '/data': {} } });
      const swap = bench.renewalOf(old);
      const ending = await renew(
        swap,
        interrupted(phase, () => bench.closeRegistry()),
      );
      expect(ending).toMatchObject({ outcome: 'failed', said: expect.stringContaining(`docker pull ${swap.image}`) });
      expect(JSON.stringify(ending)).not.toContain(CANARY);
      const carrier = await standing(old);
      expect({ image: carrier.Config.Image, state: carrier.State.Status }).toEqual({
        ...{ image: `execfmt-carrier:${swap.id}`, state: 'created' },
      });
      if (phase === 'pull') {
        // Nothing has changed: it fails in the same way, and can be asked for again.
        const vain = await renew(bench.renewalOf(carrier));
        expect(vain).toMatchObject({ outcome: 'failed', said: expect.stringContaining(`docker pull ${swap.image}`) });
        expect((await standing(old)).Id).toBe(carrier.Id);
      }
      await mend();
      const again = bench.renewalOf(carrier);
      const renewal = bench.renewalOver(bench.client);
      expect(knownValue(await renewal.objection!(again, signal))).toBeNull();
      expect(knownValue(await renewal.notes!(again, signal)).join()).toContain('earlier attempt');
      await expectRenewed(old, await renew(again));
    },
    120_000,
  );

  it('is objected to while something else stands on the damaged layer, and not for a layer below', async () => {
    const old = await bench.deployDamaged();
    const swap = bench.renewalOf(old);
    const objection = async (one = swap) =>
      knownValue(await bench.renewalOver(bench.client).objection!(one, signal))?.why ?? null;
    expect(await objection()).toBeNull();
    // The other image has the same layer at its bottom.
    expect(await objection({ ...swap, damagedLayer: 0 })).toContain(bench.bad);
    const other = await bench.create(bench.good);
    expect(await objection()).toContain(`the container ${other.Name.slice(1)}`);
    await bench.client.getContainer(other.Id).commit({ repo: 'bench-child', tag: 'latest' });
    await remove(other);
    expect(await objection()).toContain('the image bench-child:latest');
    await bench.client.getImage('bench-child:latest').remove();
    expect(await objection()).toBeNull();
  }, 60_000);
});

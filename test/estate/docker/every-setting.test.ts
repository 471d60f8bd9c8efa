import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { knownValue } from '../../contracts/estate-contract.ts';
import { suite } from '../../lab/requirements.ts';
import { SETTINGS_CASES, type Settings, type Surroundings } from './every-setting.ts';
import { type Bench, CANARY, realBench } from './incident-bench.ts';
import { differences } from './settings-differences.ts';
import { swapOf } from './under-contract.ts';

const signal = new AbortController().signal;

suite('every setting that a real engine takes', ['engine', 'no-emulator'], () => {
  let bench: Bench;
  let around: Surroundings;
  const networks: string[] = [];

  /** Fixed addresses need a subnet that somebody chose: the engine's own choice is given back to it as ours. */
  const network = async () => {
    const name = `bench-${randomBytes(4).toString('hex')}`;
    const { id: draft } = await bench.client.createNetwork({ Name: name });
    const { IPAM } = await bench.client.getNetwork(draft).inspect();
    await bench.client.getNetwork(draft).remove();
    const subnet = IPAM?.Config?.[0]?.Subnet ?? '';
    await bench.client.createNetwork({ Name: name, IPAM: { Config: [{ Subnet: subnet }] } });
    networks.push(name);
    return { name, address: (host: number) => subnet.replace(/\.0\/\d+$/, `.${host}`) };
  };

  beforeAll(async () => {
    bench = await realBench();
    await bench.pullGood();
    const first = await network();
    const partner = await bench.deploy(bench.good, {
      Volumes: { '/theirs': {} },
      HostConfig: { IpcMode: 'shareable' },
    });
    await bench.client.getNetwork(first.name).connect({ Container: partner.Id });
    around = { network: first, partner: { name: partner.Name.slice(1), id: partner.Id } };
  });
  afterAll(async () => {
    await bench?.close();
    for (const name of networks) await bench.client.getNetwork(name).remove();
  });

  const created = async (settings: Settings) => {
    const name = `bench-${randomBytes(4).toString('hex')}`;
    const env = [...(settings.Env ?? []), `API_KEY=${CANARY}`];
    return bench.create(bench.bad, { ...(settings as Docker.ContainerCreateOptions), Env: env, name });
  };

  it.each(SETTINGS_CASES)('carries over: $title', { timeout: 60_000 }, async ({ settings, starts, droppable }) => {
    const asked = settings(around);
    const old = await created(asked);
    expect(
      untaken(asked, old).filter((key) => !droppable?.includes(key)),
      'what the engine did not take would not be compared',
    ).toEqual([]);
    if (starts !== false)
      await bench.client
        .getContainer(old.Id)
        .start()
        .catch(() => undefined);
    const swap = swapOf(bench, old);
    for (const phase of starts === false ? bench.swapper.phases.slice(0, 2) : bench.swapper.phases) {
      const answer = await phase.run(swap, signal);
      knownValue(answer);
      expect(JSON.stringify(answer)).not.toContain(CANARY);
    }
    const all = await bench.client.listContainers({ all: true });
    const fresh = all.find(({ Labels }) => Labels['execfmt.swap'] === swap.id);
    const after = await bench.client.getContainer(fresh?.Id ?? '').inspect();
    if (starts !== false) expect(after.State.Running).toBe(true);
    expect(differences(old, after)).toEqual([]);
    knownValue(await bench.swapper.putBack(swap, signal));
    expect(differences(old, await bench.client.getContainer(old.Id).inspect())).toEqual([]);
  });
});

/** The keys of what was asked for that the engine does not show again. */
function untaken(asked: Settings, is: Docker.ContainerInspectInfo): string[] {
  const { HostConfig, NetworkingConfig: _networks, ...config } = asked;
  const missing = (of: object, shown: object) =>
    Object.entries(of)
      .filter(([key, value]) => value !== undefined && isNothing(shown[key as keyof object]) && !isNothing(value))
      .map(([key]) => key);
  return [...missing(config, is.Config), ...missing(HostConfig ?? {}, is.HostConfig)];
}

function isNothing(value: unknown): boolean {
  return !value || JSON.stringify(value) === '[""]' || (typeof value === 'object' && Object.keys(value).length === 0);
}

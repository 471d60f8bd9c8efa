import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { suite } from '../../lab/requirements.ts';
import { comparableSettings } from './comparable-settings.ts';
import { Crash, crashingClient } from './crashes.ts';
import { type Bench, CANARY, realBench } from './incident-bench.ts';
import { systemClock } from './system-clock.ts';
import { swapOf } from './under-contract.ts';

const signal = new AbortController().signal;

suite('what a swap carries over on a real engine', ['engine', 'no-emulator'], () => {
  let bench: Bench;
  const networks: string[] = [];
  const volumes: string[] = [];

  beforeAll(async () => {
    bench = await realBench();
  });
  afterAll(async () => {
    await bench?.close();
    for (const name of networks) await bench.client.getNetwork(name).remove();
    for (const name of volumes) await bench.client.getVolume(name).remove();
  });

  /** Fixed addresses need a subnet that somebody chose: the engine's own choice is given back to it as ours. */
  const network = async () => {
    const name = `bench-${randomBytes(4).toString('hex')}`;
    const { id: draft } = await bench.client.createNetwork({ Name: name });
    const { IPAM } = await bench.client.getNetwork(draft).inspect();
    await bench.client.getNetwork(draft).remove();
    const subnet = IPAM?.Config?.[0]?.Subnet ?? '';
    const { id } = await bench.client.createNetwork({ Name: name, IPAM: { Config: [{ Subnet: subnet }] } });
    networks.push(name);
    return { name, id, address: (host: number) => subnet.replace(/\.0\/\d+$/, `.${host}`) };
  };

  const swapped = async (settings: Docker.ContainerCreateOptions, prepare?: (id: string) => Promise<void>) => {
    const { Id } = await bench.deploy(bench.bad, settings);
    await prepare?.(Id);
    const old = await bench.client.getContainer(Id).inspect();
    const swap = swapOf(bench, old);
    for (const phase of bench.swapper.phases) {
      knownValue(await phase.run(swap, signal));
      knownValue(await phase.run(swap, signal));
    }
    const fresh = await bench.client.getContainer(old.Name.slice(1)).inspect();
    expect(fresh.Id).not.toBe(old.Id);
    expect(fresh.State.Running).toBe(true);
    return { old, fresh, swap };
  };

  it('keeps environment, limits, ports, health check and the like', async () => {
    const first = await network();
    const { old, fresh } = await swapped({
      Env: [`API_KEY=${CANARY}`, 'EMPTY=', 'PATH=/opt/bin:/usr/bin', 'MULTI=a=b=c'],
      Labels: { 'com.docker.compose.project': 'docs', 'com.docker.compose.service': 'renderer' },
      Cmd: ['/app/render', '--workers', '4'],
      User: '1000:1000',
      WorkingDir: '/tmp',
      Hostname: 'renderer',
      Domainname: 'docs.internal',
      Tty: true,
      StopSignal: 'SIGKILL',
      StopTimeout: 3,
      Healthcheck: { Test: ['CMD', '/app/render'], Interval: 30_000_000_000, Retries: 2 },
      ExposedPorts: { '8080/tcp': {}, '9100/tcp': {} },
      HostConfig: {
        NetworkMode: first.name,
        PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
        RestartPolicy: { Name: 'always', MaximumRetryCount: 0 },
        Memory: 128 * 1024 * 1024,
        NanoCpus: 500_000_000,
        PidsLimit: 50,
        CapAdd: ['NET_ADMIN'],
        CapDrop: ['MKNOD'],
        Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 2048 }],
        ExtraHosts: ['db:192.0.2.7'],
        Dns: ['192.0.2.53'],
        LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
        ReadonlyRootfs: true,
        Tmpfs: { '/scratch': 'size=1m' },
        Sysctls: { 'net.core.somaxconn': '256' },
        SecurityOpt: ['no-new-privileges'],
        ShmSize: 1024 * 1024,
        Init: false,
      },
    });
    expect(comparableSettings(fresh)).toEqual(comparableSettings(old));
    expect(fresh.Config.Healthcheck).toEqual(old.Config.Healthcheck);
    expect(fresh.Config).toMatchObject({ StopSignal: 'SIGKILL', StopTimeout: 3, Domainname: 'docs.internal' });
  });

  it('keeps all networks with their aliases and fixed addresses', async () => {
    const [first, second, third] = [await network(), await network(), await network()];
    const { old, fresh } = await swapped(
      {
        HostConfig: { NetworkMode: first.name },
        NetworkingConfig: { EndpointsConfig: { [first.name]: { Aliases: ['pdf', 'render'] } } },
      },
      async (Container) => {
        await bench.client.getNetwork(third.name).connect({ Container });
        const EndpointConfig = { Aliases: ['back'], IPAMConfig: { IPv4Address: second.address(77) } };
        await bench.client.getNetwork(second.name).connect({ Container, EndpointConfig });
      },
    );
    expect(comparableSettings(fresh)).toEqual(comparableSettings(old));
    expect(Object.keys(fresh.NetworkSettings.Networks).sort()).toEqual([first.name, second.name, third.name].sort());
    expect(fresh.NetworkSettings.Networks[second.name]).toMatchObject({ IPAddress: second.address(77) });
    expect(fresh.NetworkSettings.Networks[first.name]?.Aliases).not.toContain(old.Id.slice(0, 12));
  });

  it('joins the networks that a process which was killed had not come to', async () => {
    const [first, second] = [await network(), await network()];
    const { Id } = await bench.deploy(bench.bad, { HostConfig: { NetworkMode: first.name } });
    await bench.client.getNetwork(second.name).connect({ Container: Id, EndpointConfig: { Aliases: ['back'] } });
    const old = await bench.client.getContainer(Id).inspect();
    const swap = swapOf(bench, old);
    const [pull, create, ...rest] = bench.swapper.phases;
    knownValue(await pull!.run(swap, signal));
    const client = crashingClient(bench.client, 1);
    const dying = createDockerSwapper({ name: bench.host, client, clock: systemClock });
    await expect(dying.phases[1]!.run(swap, signal)).rejects.toBeInstanceOf(Crash);
    for (const phase of [create!, ...rest]) knownValue(await phase.run(swap, signal));
    const fresh = await bench.client.getContainer(old.Name.slice(1)).inspect();
    expect(comparableSettings(fresh)).toEqual(comparableSettings(old));
  });

  it('leaves the network that the old one had left, also when it was named by id', async () => {
    const [first, second] = [await network(), await network()];
    const { old, fresh } = await swapped({ HostConfig: { NetworkMode: first.id } }, async (Container) => {
      await bench.client.getNetwork(second.name).connect({ Container });
      await bench.client.getNetwork(first.name).disconnect({ Container });
    });
    expect(Object.keys(fresh.NetworkSettings.Networks)).toEqual([second.name]);
    expect(comparableSettings(fresh)).toEqual(comparableSettings(old));
  });

  it('uses the same volumes, anonymous ones too, and leaves them at the end', async () => {
    const named = `bench-${randomBytes(4).toString('hex')}`;
    volumes.push(named);
    const { old, fresh, swap } = await swapped({
      Volumes: { '/var/lib/anonymous': {} },
      HostConfig: {
        NetworkMode: 'none',
        Binds: [`${named}:/var/cache/render`, '/etc/hostname:/etc/host-name:ro'],
        Mounts: [
          { Type: 'volume', Source: '', Target: '/data' },
          { Type: 'tmpfs', Source: '', Target: '/scratch' },
        ],
      },
    });
    const mounts = (container: Docker.ContainerInspectInfo) =>
      container.Mounts.map(({ Name, Destination, RW }) => `${Name ?? ''} ${Destination} ${RW}`).sort();
    expect(mounts(fresh)).toEqual(mounts(old));
    expect(mounts(fresh)).toHaveLength(5);
    knownValue(await bench.swapper.finish(swap, signal));
    const left = (await bench.client.listVolumes()).Volumes.map(({ Name }) => Name);
    for (const { Type, Name } of old.Mounts) {
      if (Type === 'volume' && Name !== undefined) expect(left).toContain(Name);
    }
  });

  it('joins the network of another container, or the host’s, as the old one did', async () => {
    const host = await swapped({ HostConfig: { NetworkMode: 'host' } });
    expect(host.fresh.HostConfig.NetworkMode).toBe('host');
    const { fresh: partner } = await swapped({ HostConfig: { NetworkMode: 'none' } });
    const joined = await swapped({ HostConfig: { NetworkMode: `container:${partner.Id}` } });
    expect(joined.fresh.HostConfig.NetworkMode).toBe(`container:${partner.Id}`);
  });

  it('publishes its ports on the default network again', async () => {
    const { old, fresh } = await swapped({
      ExposedPorts: { '8080/tcp': {} },
      HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    });
    expect(comparableSettings(fresh)).toEqual(comparableSettings(old));
    expect(fresh.NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort).toMatch(/^\d+$/);
  });

  it('lets the new image’s own defaults apply', async () => {
    const { old, fresh } = await swapped({ HostConfig: { NetworkMode: 'none' } });
    const version = 'org.opencontainers.image.version';
    expect(fresh.Config.Labels[version]).toMatch(/^v[23]$/);
    expect(fresh.Config.Labels[version]).not.toBe(old.Config.Labels[version]);
    expect(fresh.Config.Hostname).toBe(fresh.Id.slice(0, 12));
  });

  it('starts the new one once: that it has ended since is for verification to see', async () => {
    const { fresh, swap } = await swapped({ HostConfig: { NetworkMode: 'none' } });
    await bench.client.getContainer(fresh.Id).stop();
    knownValue(await bench.swapper.phases.at(-1)!.run(swap, signal));
    expect(knownValue(await bench.swapper.observe(swap, signal)).running).toBe(false);
  });

  it('refuses a container that would vanish when it is stopped', async () => {
    const old = await bench.client.createContainer({
      Image: bench.bad,
      name: `bench-${randomBytes(4).toString('hex')}`,
      HostConfig: { AutoRemove: true, NetworkMode: 'none' },
    });
    const inspected = await old.inspect();
    const swap = swapOf(bench, inspected);
    const outcomes = [];
    for (const phase of bench.swapper.phases) outcomes.push(await phase.run(swap, signal));
    expect(outcomes[1]).toMatchObject({ kind: 'probe-failed', why: { code: 'unsupported' } });
    expect((await old.inspect()).Name).toBe(inspected.Name);
    await old.remove();
  });

  it('refuses a container whose owner would replace it', async () => {
    const old = await bench.deploy(bench.bad, {
      Labels: { 'com.docker.swarm.service.name': 'docs_renderer' },
      HostConfig: { NetworkMode: 'none' },
    });
    const swap = swapOf(bench, old);
    knownValue(await bench.swapper.phases[0]!.run(swap, signal));
    const answer = await bench.swapper.phases[1]!.run(swap, signal);
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'unsupported' } });
    expect(JSON.stringify(answer)).toContain('docs_renderer');
  });
});

import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { knownValue } from '../../contracts/estate-contract.ts';
import { suite } from '../../lab/requirements.ts';
import { type Bench, realBench } from './incident-bench.ts';
import { swapOf } from './under-contract.ts';

const signal = new AbortController().signal;

suite('what stands against a swap on a real engine', ['engine', 'no-emulator'], () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await realBench();
    await bench.pullGood();
  });
  afterAll(() => bench?.close());

  const asked = async (settings: Docker.ContainerCreateOptions) => {
    const old = await bench.create(bench.bad, { HostConfig: { NetworkMode: 'none' }, ...settings });
    const swap = swapOf(bench, old);
    const objection = knownValue(await bench.swapper.objection!(swap, signal))?.why ?? null;
    const notes = knownValue(await bench.swapper.notes!(swap, signal));
    const phases = [];
    for (const phase of bench.swapper.phases.slice(0, 2)) phases.push(await phase.run(swap, signal));
    return { old, swap, objection, notes, created: phases[1] };
  };

  it('nothing, for a container of its own', async () => {
    expect(await asked({})).toMatchObject({ objection: null, notes: [], created: { kind: 'known' } });
  });

  it('Swarm, with the command that changes the service', async () => {
    const labels = { 'com.docker.swarm.service.name': 'docs_renderer', 'com.docker.swarm.task.id': 'x1' };
    const { objection, swap, created } = await asked({ Labels: labels });
    expect(objection).toContain(`docker service update --image ${swap.image} docs_renderer`);
    expect(created).toMatchObject({ kind: 'probe-failed', why: { code: 'unsupported' } });
  });

  it('--rm, with the reason', async () => {
    const { objection, created } = await asked({ HostConfig: { NetworkMode: 'none', AutoRemove: true } });
    expect(objection).toContain('--rm');
    expect(created).toMatchObject({ kind: 'probe-failed', why: { code: 'unsupported' } });
  });

  it('others that live in its network', async () => {
    const old = await bench.create(bench.bad, {});
    const sidecar = await bench.create(bench.bad, { HostConfig: { NetworkMode: `container:${old.Id}` } });
    const objection = knownValue(await bench.swapper.objection!(swapOf(bench, old), signal))?.why;
    expect(objection).toContain(`${sidecar.Name.slice(1)} uses the network of`);
  });

  it('Compose not: it is noted, with the line for its file', async () => {
    const { objection, notes, swap } = await asked({
      Labels: {
        'com.docker.compose.project': 'docs',
        'com.docker.compose.service': 'renderer',
        'com.docker.compose.project.config_files': '/srv/docs/compose.yaml',
      },
    });
    expect(objection).toBeNull();
    expect(notes).toEqual([
      `Docker Compose made it (project docs): the next "docker compose up" brings the old image back, unless in /srv/docs/compose.yaml the service renderer has the line "image: ${swap.image}".`,
    ]);
  });

  it('links and ports that will not be the same are noted', async () => {
    const old = await bench.deploy(bench.good, {
      HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    });
    const links = [`${old.Name.slice(1)}:renderer`];
    const other = await bench.create(bench.bad, { HostConfig: { Links: links } });
    await bench.client.getContainer(old.Id).pause();
    const notes = knownValue(await bench.swapper.notes!(swapOf(bench, old), signal)).join('\n');
    expect(notes).toContain('is paused');
    expect(notes).toContain('will have other numbers');
    expect(notes).toContain(`${other.Name.slice(1)} links to`);
    await bench.client.getContainer(old.Id).unpause();
  });
});

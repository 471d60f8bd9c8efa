import { createServer } from 'node:net';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { knownValue } from '../../contracts/estate-contract.ts';
import { suite } from '../../lab/requirements.ts';
import { type Bench, CANARY, realBench } from './incident-bench.ts';
import { attempt, backSentence, expectAsBefore } from './swap-attempt.ts';
import { swapOf } from './under-contract.ts';

const signal = new AbortController().signal;

suite('a swap on a real engine that goes wrong', ['engine', 'no-emulator'], () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await realBench();
    await bench.pullGood();
  });
  afterAll(() => bench?.close());

  const always = { NetworkMode: 'none', RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };
  const deploy = async (settings: Docker.ContainerCreateOptions = {}) => {
    const old = await bench.deploy(bench.bad, { HostConfig: always, ...settings });
    return { old, swap: swapOf(bench, old) };
  };
  const remove = (id: string) => bench.client.getContainer(id).remove({ force: true });
  const freshOf = async (swap: { readonly id: string }) => {
    const filters = { label: [`execfmt.swap=${swap.id}`] };
    return (await bench.client.listContainers({ all: true, filters }))[0]?.Id ?? '';
  };

  it('because the new image does not start: the old one runs again, and no value of its environment is told', async () => {
    const old = await bench.deploy(bench.good, { HostConfig: always });
    const broken = 'bench-broken:latest';
    const changes = [`ENTRYPOINT ["/not/there", "${CANARY}"]`];
    await bench.client.getContainer(old.Id).commit({ repo: 'bench-broken', tag: 'latest', changes });
    const tried = await attempt(bench.swapper, { ...swapOf(bench, old), image: broken });
    expect(tried.failedIn).toBe('start');
    expect(tried.said).toContain('/not/there');
    expect(backSentence(tried)).toContain('is back as it was, and was started');
    expect(JSON.stringify(tried)).not.toContain(CANARY);
    await expectAsBefore(bench.client, old);
    await bench.client.getImage(broken).remove();
  }, 60_000);

  it('because its port was taken meanwhile: the old one has its name, and the sentence says how to start it', async () => {
    const port = await freePort();
    const ports = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] };
    const exposed = { '8080/tcp': {} };
    const hosted = { PortBindings: ports, RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };
    const { old, swap } = await deploy({ ExposedPorts: exposed, HostConfig: hosted });
    let thief = '';
    const tried = await attempt(bench.swapper, swap, {
      start: async () => {
        thief = (await bench.deploy(bench.good, { ExposedPorts: exposed, HostConfig: { PortBindings: ports } })).Id;
      },
    });
    expect(tried).toMatchObject({ failedIn: 'start', putBack: { kind: 'probe-failed' } });
    expect(JSON.stringify(tried.putBack)).toContain(`docker start ${old.Name.slice(1)}`);
    await remove(thief);
    // The cause is gone: the same call ends it.
    knownValue(await bench.swapper.putBack(swap, signal));
    await expectAsBefore(bench.client, old);
  }, 60_000);

  it('because a name is taken by what a crash has left: the old one runs on', async () => {
    const { old, swap } = await deploy();
    const left = await bench.create(bench.bad, { name: `${old.Name.slice(1)}-execfmt-new-${swap.id}` });
    const tried = await attempt(bench.swapper, swap);
    expect(tried.failedIn).toBe('create');
    expect(tried.said).toContain(left.Name.slice(1));
    expect(backSentence(tried)).toContain('stands as it was');
    await remove(left.Id);
    await expectAsBefore(bench.client, old);
  }, 60_000);

  it('because the service’s name was taken meanwhile: nobody is pushed aside', async () => {
    const { old, swap } = await deploy();
    const tried = await attempt(bench.swapper, swap, {
      start: async () => {
        await bench.client.getContainer(await freshOf(swap)).rename({ name: `${old.Name.slice(1)}-elsewhere` });
        await bench.create(bench.bad, { name: old.Name.slice(1) });
      },
    });
    expect(tried).toMatchObject({ failedIn: 'start', putBack: { kind: 'probe-failed', why: { code: 'conflict' } } });
    await remove(old.Name.slice(1));
    knownValue(await bench.swapper.putBack(swap, signal));
    await expectAsBefore(bench.client, old);
  }, 60_000);

  it.each(['set-aside', 'start'])(
    'because the new one is removed before %s: the old one is back as it was',
    async (when) => {
      const { old, swap } = await deploy();
      const tried = await attempt(bench.swapper, swap, { [when]: async () => remove(await freshOf(swap)) });
      expect(tried.failedIn).toBe(when);
      backSentence(tried);
      await expectAsBefore(bench.client, old);
    },
    60_000,
  );

  it('because the new one is removed, and the old one had been stopped: it stays so', async () => {
    const { old: ran, swap } = await deploy();
    await bench.client.getContainer(ran.Id).stop();
    const old = await bench.client.getContainer(ran.Id).inspect();
    backSentence(await attempt(bench.swapper, swap, { start: async () => remove(await freshOf(swap)) }));
    await expectAsBefore(bench.client, old);
  }, 60_000);

  it('because the new one is removed while it is verified: it is seen, and the old one put back', async () => {
    const { old, swap } = await deploy();
    await attempt(bench.swapper, swap);
    await remove(await freshOf(swap));
    expect(await bench.swapper.observe(swap, signal)).toMatchObject({ why: { code: 'not-found' } });
    knownValue(await bench.swapper.putBack(swap, signal));
    await expectAsBefore(bench.client, old);
  }, 60_000);

  it('because the new one is removed once it was verified: the old one is not removed, and put back', async () => {
    const { old, swap } = await deploy();
    await attempt(bench.swapper, swap);
    expect(knownValue(await bench.swapper.observe(swap, signal)).running).toBe(true);
    await remove(await freshOf(swap));
    expect(await bench.swapper.finish(swap, signal)).toMatchObject({ kind: 'probe-failed', why: { code: 'conflict' } });
    expect(await bench.swapper.observe(swap, signal)).toMatchObject({ why: { code: 'not-found' } });
    knownValue(await bench.swapper.putBack(swap, signal));
    await expectAsBefore(bench.client, old);
  }, 60_000);

  it('because the old one is removed before it is set aside: the new one is kept with its settings, and named', async () => {
    const { old, swap } = await deploy();
    const tried = await attempt(bench.swapper, swap, { 'set-aside': () => remove(old.Id) });
    expect(tried).toMatchObject({
      failedIn: 'set-aside',
      putBack: { kind: 'probe-failed', why: { code: 'not-found' } },
    });
    expect(JSON.stringify(tried.putBack)).toContain(`${old.Name.slice(1)}-execfmt-new-${swap.id}`);
    expect(await freshOf(swap)).not.toBe('');
  }, 60_000);

  it('not at all, because the old one is removed once it is set aside', async () => {
    const { old, swap } = await deploy();
    const tried = await attempt(bench.swapper, swap, { start: () => remove(old.Id) });
    expect(tried.failedIn).toBeNull();
    expect(knownValue(await bench.swapper.finish(swap, signal))).toContain('removed already');
    expect(knownValue(await bench.swapper.observe(swap, signal)).running).toBe(true);
  }, 60_000);

  it('not at all, with a container that is paused: it is put back running', async () => {
    const old = await bench.deploy(bench.good, { HostConfig: always });
    await bench.client.getContainer(old.Id).pause();
    const swap = swapOf(bench, old);
    expect((await attempt(bench.swapper, swap)).failedIn).toBeNull();
    knownValue(await bench.swapper.putBack(swap, signal));
    await expectAsBefore(bench.client, old);
  }, 60_000);

  it('not at all, with a container that is being restarted at every moment', async () => {
    for (let time = 0; time < 3; time += 1) {
      const { old, swap } = await deploy();
      expect((await attempt(bench.swapper, swap)).failedIn).toBeNull();
      knownValue(await bench.swapper.putBack(swap, signal));
      await expectAsBefore(bench.client, old);
    }
  }, 60_000);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

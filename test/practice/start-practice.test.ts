import Docker from 'dockerode';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';

let practice: Practice;
let docker: Docker;
/** The clock runs, and can be put forward. */
let ahead = 0;

beforeAll(async () => {
  practice = await startPractice({ now: () => Date.now() + ahead });
  const { hostname, port } = new URL(practice.engine);
  docker = new Docker({ protocol: 'http', host: hostname, port, version: 'v1.41' });
});
afterAll(() => practice.stop());
beforeEach(() => practice.reset());

const inspect = (name = 'pdf-renderer') => docker.getContainer(name).inspect();

async function metrics(): Promise<Record<string, number>> {
  const page = await (await fetch(practice.metrics)).text();
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
}

async function digestOf(tag: string): Promise<string> {
  const response = await fetch(`http://${practice.registry}/v2/pdf-renderer/manifests/${tag}`, { method: 'HEAD' });
  return response.headers.get('docker-content-digest')!;
}

async function pull(reference: string, options = {}): Promise<{ status?: string; error?: string }[]> {
  const stream = await docker.pull(reference, options);
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)));
  });
}

/** Does what a rollback does: sets the old container aside and starts its successor with the same settings. */
async function rollBack(image: string): Promise<Docker.Container> {
  const old = await inspect();
  await pull(image, { platform: 'linux/amd64' });
  await docker.getContainer(old.Id).rename({ name: 'pdf-renderer-before' });
  await docker.getContainer(old.Id).stop();
  const created = await docker.createContainer({
    ...old.Config,
    name: 'pdf-renderer',
    platform: 'linux/amd64',
    Image: image,
    HostConfig: old.HostConfig,
  });
  await created.start();
  return created;
}

describe('the incident', () => {
  it('is a restarting container of an arm64 image on an amd64 host', async () => {
    const [info, container] = await Promise.all([docker.info(), inspect()]);
    expect(info).toMatchObject({
      Name: 'practice-01',
      Architecture: 'x86_64',
      OSType: 'linux',
      DefaultRuntime: 'runc',
      ServerVersion: '20.10.24',
    });
    expect(container).toMatchObject({
      Name: '/pdf-renderer',
      Path: '/app/render',
      State: { Status: 'restarting', Running: true, Restarting: true, ExitCode: 1, Error: '' },
      Config: { Image: `${practice.registry}/pdf-renderer:v3`, Cmd: ['/app/render'] },
      HostConfig: { RestartPolicy: { Name: 'unless-stopped' }, PortBindings: { '8080/tcp': [{ HostPort: '8080' }] } },
      Mounts: [{ Type: 'volume', Destination: '/var/cache/render', RW: true }],
    });
    expect(container.RestartCount).toBeGreaterThan(100);
    const image = await docker.getImage(container.Image).inspect();
    expect(image).toMatchObject({ Architecture: 'arm64', Os: 'linux' });
    expect(image.RepoDigests).toEqual([`${practice.registry}/pdf-renderer@${await digestOf('v3')}`]);
  });

  it('goes on restarting by itself', async () => {
    const before = await inspect();
    await vi.waitFor(async () => expect((await inspect()).RestartCount).toBeGreaterThan(before.RestartCount), 15_000);
    const after = await inspect();
    expect(after.State.Status).toBe('restarting');
    expect(Date.parse(after.State.StartedAt)).toBeGreaterThan(Date.parse(before.State.StartedAt));
  });

  it('says why in its log', async () => {
    const frames = await docker.getContainer('pdf-renderer').logs({ stdout: true, stderr: true, tail: 2 });
    const line = 'exec /app/render: exec format error\n';
    const frame = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, line.length]), Buffer.from(line)]);
    expect(frames).toEqual(Buffer.concat([frame, frame]));
  });

  it('has 1,847 jobs waiting, the oldest for two hours and longer by the minute, and no word of the renderer', async () => {
    const first = await metrics();
    expect(first.pdf_queue_pending_jobs).toBe(1847);
    expect(first.pdf_queue_oldest_job_seconds).toBeGreaterThanOrEqual(7200);
    expect(first.pdf_queue_oldest_job_seconds).toBeLessThan(7260);
    ahead += 60_000;
    const later = await metrics();
    expect(later.pdf_queue_pending_jobs).toBe(1847);
    expect(later.pdf_queue_oldest_job_seconds).toBeGreaterThanOrEqual(first.pdf_queue_oldest_job_seconds! + 60);
    expect(later).not.toHaveProperty('pdf_rendered_pages_total');
  });
});

describe('a rollback', () => {
  it('to the digest of v2 runs, and the queue drains', async () => {
    const created = await rollBack(`${practice.registry}/pdf-renderer@${await digestOf('v2')}`);
    const { State, RestartCount, Image, Config } = await created.inspect();
    expect(State).toMatchObject({ Status: 'running', Running: true, Restarting: false, ExitCode: 0 });
    expect(RestartCount).toBe(0);
    expect(await docker.getImage(Image).inspect()).toMatchObject({ Architecture: 'amd64' });
    expect(Config.Env).toEqual(expect.arrayContaining([expect.stringMatching(/^RENDER_API_KEY=/)]));
    expect((await metrics()).pdf_rendered_pages_total).toBeGreaterThanOrEqual(0);
    ahead += 45_000;
    const half = await metrics();
    expect(half.pdf_queue_pending_jobs).toBeLessThan(930);
    expect(half.pdf_queue_pending_jobs).toBeGreaterThan(0);
    expect(half.pdf_rendered_pages_total).toBeGreaterThan(3_000);
    ahead += 60_000;
    expect(await metrics()).toMatchObject({ pdf_queue_pending_jobs: 0, pdf_queue_oldest_job_seconds: 0 });
    const log = String(await created.logs({ stdout: true, stderr: true }));
    expect(log).toContain('pdf-renderer v2 is ready');
    expect(log).not.toContain('rk-practice');
  });

  it('to v3 again does not help', async () => {
    await docker.getContainer('pdf-renderer').remove({ force: true });
    const created = await docker.createContainer({
      name: 'pdf-renderer',
      Image: `${practice.registry}/pdf-renderer@${await digestOf('v3')}`,
      HostConfig: { RestartPolicy: { Name: 'always' } },
    });
    await created.start();
    const { State } = await created.inspect();
    expect(State).toMatchObject({ Status: 'restarting', ExitCode: 1 });
    expect(await metrics()).toMatchObject({ pdf_queue_pending_jobs: 1847 });
  });

  it('is undone by stopping the new container and giving the old one its name back', async () => {
    const old = docker.getContainer((await inspect()).Id);
    const created = await rollBack(`${practice.registry}/pdf-renderer:v2`);
    await created.stop();
    expect((await created.inspect()).State).toMatchObject({ Status: 'exited', ExitCode: 0 });
    expect(await metrics()).not.toHaveProperty('pdf_rendered_pages_total');
    await created.remove();
    await old.rename({ name: 'pdf-renderer' });
    await old.start();
    expect((await inspect()).State.Status).toBe('restarting');
  });

  it('is forgotten by a reset', async () => {
    await rollBack(`${practice.registry}/pdf-renderer:v2`);
    await practice.reset();
    const containers = await docker.listContainers({ all: true });
    expect(containers.map(({ Names, State }) => [Names, State])).toEqual([[['/pdf-renderer'], 'restarting']]);
    expect((await docker.listImages()).map(({ RepoTags }) => RepoTags)).toEqual([
      [`${practice.registry}/pdf-renderer:v3`],
    ]);
    expect((await metrics()).pdf_queue_pending_jobs).toBe(1847);
  });
});

describe('stopping', () => {
  it('closes every address', async () => {
    const other = await startPractice();
    await other.stop();
    const engine = other.engine.replace('tcp:', 'http:');
    for (const address of [`${engine}/_ping`, `http://${other.registry}/v2/`, other.metrics]) {
      await expect(fetch(address)).rejects.toThrow();
    }
  });
});

import Docker from 'dockerode';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';

let practice: Practice;
let docker: Docker;
let address: string;

beforeAll(async () => {
  practice = await startPractice();
  const { hostname, port } = new URL(practice.engine);
  docker = new Docker({ protocol: 'http', host: hostname, port });
  address = practice.engine.replace('tcp:', 'http:');
});
afterAll(() => practice.stop());
beforeEach(() => practice.reset());

const v2 = () => `${practice.registry}/pdf-renderer:v2`;
const v3 = () => `${practice.registry}/pdf-renderer:v3`;

async function pullV2(): Promise<void> {
  const stream = await docker.pull(v2());
  await new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)));
  });
}

const create = (options: Docker.ContainerCreateOptions) => docker.createContainer({ name: 'other', ...options });

async function entriesOf(tar: AsyncIterable<Uint8Array | string>): Promise<unknown[]> {
  const reader = extract();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array));
  reader.end(Buffer.concat(chunks));
  const entries: unknown[] = [];
  for await (const entry of reader) {
    let content = '';
    for await (const chunk of entry) content += chunk;
    const { type, name, mode, linkname } = entry.header;
    entries.push([type, name, mode, linkname ?? content]);
  }
  return entries;
}

describe('the protocol', () => {
  it('is spoken with and without a version', async () => {
    for (const prefix of ['', '/v1.41', '/v1.24']) {
      const response = await fetch(`${address}${prefix}/_ping`);
      expect([response.status, await response.text(), response.headers.get('api-version')]).toEqual([
        200,
        'OK',
        '1.41',
      ]);
    }
    expect(await docker.version()).toMatchObject({ ApiVersion: '1.41', MinAPIVersion: '1.12', Arch: 'amd64' });
  });

  it.each([
    ['/v1.42/info', 400, 'client version 1.42 is too new. Maximum supported API version is 1.41'],
    ['/nothing', 404, 'page not found'],
    ['/containers/zzz/json', 404, 'No such container: zzz'],
    ['/images/zzz/json', 404, 'no such image: zzz: No such image: zzz:latest'],
    ['/networks/zzz', 404, 'network zzz not found'],
    ['/containers/pdf-renderer/logs', 400, 'Bad parameters: you must choose at least one stream'],
    ['/containers/pdf-renderer/archive?path=/no', 404, 'Could not find the file /no in container pdf-renderer'],
    ['/containers/json?filters=nonsense', 400, 'invalid filter'],
  ])('answers GET %s with %i', async (path, status, message) => {
    const response = await fetch(`${address}${path}`);
    expect([response.status, await response.json()]).toEqual([status, { message }]);
  });

  it('refuses a body that is no JSON', async () => {
    const response = await fetch(`${address}/containers/create`, { method: 'POST', body: '{"Image":' });
    expect(response.status).toBe(400);
  });
});

describe('listing', () => {
  it('finds containers by name, state and label', async () => {
    await create({ Image: v3() });
    const namesOf = async (options: Docker.ContainerListOptions) =>
      (await docker.listContainers(options)).map(({ Names }) => Names[0]).sort();
    expect(await namesOf({})).toEqual(['/pdf-renderer']);
    expect(await namesOf({ all: true })).toEqual(['/other', '/pdf-renderer']);
    expect(await namesOf({ all: true, filters: { name: ['^/pdf-renderer$'] } })).toEqual(['/pdf-renderer']);
    expect(await namesOf({ all: true, filters: { name: ['^/pdf$'] } })).toEqual([]);
    expect(await namesOf({ filters: { status: ['created'] } })).toEqual(['/other']);
    expect(await namesOf({ filters: { label: ['com.example.team=documents'] } })).toEqual(['/pdf-renderer']);
    expect(await namesOf({ filters: { label: ['com.example.team=other'] } })).toEqual([]);
  });

  it('finds images by repository, tag and digest', async () => {
    await pullV2();
    const tagsOf = async (reference: string) =>
      (await docker.listImages({ filters: { reference: [reference] } })).map(({ RepoTags }) => RepoTags);
    expect(await tagsOf(`${practice.registry}/pdf-renderer`)).toEqual([[v3()], [v2()]]);
    expect(await tagsOf(v2())).toEqual([[v2()]]);
    expect(await tagsOf(`${practice.registry}/*:v3`)).toEqual([[v3()]]);
    expect(await tagsOf('other/*')).toEqual([]);
  });
});

describe('pulling', () => {
  it('says that an image is missing, or its repository, or its registry', async () => {
    const failureOf = async (reference: string) => {
      const response = await fetch(`${address}/images/create?fromImage=${reference}`, { method: 'POST' });
      return [response.status, ((await response.json()) as { message: string }).message];
    };
    const { registry } = practice;
    expect(await failureOf(`${registry}/pdf-renderer:v9`)).toEqual([
      404,
      `manifest for ${registry}/pdf-renderer:v9 not found: manifest unknown: manifest unknown`,
    ]);
    expect(await failureOf(`${registry}/nothing:v2`)).toEqual([
      404,
      `repository ${registry}/nothing not found: name unknown: repository name not known to registry`,
    ]);
    expect(await failureOf('registry.corp.io/pdf-renderer:v2')).toEqual([
      500,
      'Get "https://registry.corp.io/v2/": dial tcp: lookup registry.corp.io: no such host',
    ]);
  });

  it('tells its progress, and that nothing is new the second time', async () => {
    const statusesOf = async () => {
      const response = await fetch(`${address}/images/create?fromImage=${v2()}`, { method: 'POST' });
      const lines = (await response.text()).trim().split('\r\n');
      return lines.map((line) => JSON.parse(line).status as string);
    };
    const first = await statusesOf();
    expect(first[0]).toBe('Pulling from pdf-renderer');
    expect(first.filter((status) => status === 'Pull complete')).toHaveLength(2);
    expect(first.at(-1)).toBe(`Status: Downloaded newer image for ${v2()}`);
    const second = await statusesOf();
    expect(second).toEqual([first[0], first.at(-2), `Status: Image is up to date for ${v2()}`]);
  });
});

describe('creating and starting', () => {
  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      ({ statusCode, json }) => [statusCode, json?.message],
    );

  it('refuses a taken or bad name, a missing image and another platform', async () => {
    const { Id } = await docker.getContainer('pdf-renderer').inspect();
    const image = v3();
    expect(await failureOf(create({ name: 'pdf-renderer', Image: image }))).toEqual([
      409,
      `Conflict. The container name "/pdf-renderer" is already in use by container "${Id}". You have to remove (or rename) that container to be able to reuse that name.`,
    ]);
    expect(await failureOf(create({ name: 'a b', Image: image }))).toEqual([
      400,
      'Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed',
    ]);
    expect(await failureOf(create({ Image: v2() }))).toEqual([404, `No such image: ${v2()}`]);
    expect(await failureOf(create({ Image: image, platform: 'linux/amd64' }))).toEqual([
      404,
      `image with reference ${image} was found but does not match the specified platform: wanted linux/amd64, actual: linux/arm64`,
    ]);
  });

  it('warns of another platform when none was asked for', async () => {
    const response = await fetch(`${address}/containers/create?name=other`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Image: v3() }),
    });
    expect(await response.json()).toMatchObject({
      Warnings: [expect.stringMatching(/^The requested image's platform \(linux\/arm64\) does not match/)],
    });
  });

  it.each([
    ['/nope', 127, 'exec: "/nope": stat /nope: no such file or directory: unknown'],
    ['/app/VERSION', 126, 'exec: "/app/VERSION": permission denied: unknown'],
    ['/app', 126, 'exec: "/app": permission denied: unknown'],
    ['render', 127, 'exec: "render": executable file not found in $PATH: unknown'],
  ])('refuses to start %s, as runc 1.1 does', async (command, exitCode, message) => {
    await pullV2();
    const container = await create({ Image: v2(), Cmd: [command] });
    const whole = `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${message}`;
    expect(await failureOf(container.start())).toEqual([400, whole]);
    expect((await container.inspect()).State).toMatchObject({
      Status: 'created',
      ExitCode: exitCode,
      Error: whole,
      StartedAt: '0001-01-01T00:00:00Z',
    });
  });

  it('starts the arm64 image and shows it exited when nothing restarts it', async () => {
    const container = await create({ Image: v3() });
    await container.start();
    const { State, RestartCount } = await container.inspect();
    expect(State).toMatchObject({ Status: 'exited', ExitCode: 1, Error: '', Running: false });
    expect(RestartCount).toBe(0);
  });

  it('stops after as many failures as the policy allows', async () => {
    const container = await create({
      Image: v3(),
      HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } },
    });
    await container.start();
    await vi.waitFor(async () => expect((await container.inspect()).State.Status).toBe('exited'), 10_000);
    expect((await container.inspect()).RestartCount).toBe(2);
  });

  it('answers 304 to what is so already, and refuses to remove what runs', async () => {
    const container = docker.getContainer('pdf-renderer');
    const { Id } = await container.inspect();
    expect(await failureOf(container.start())).toEqual([304, undefined]);
    expect(await failureOf(container.remove())).toEqual([
      409,
      `You cannot remove a restarting container ${Id}. Stop the container before attempting removal or force remove`,
    ]);
    await container.stop();
    expect(await failureOf(container.stop())).toEqual([304, undefined]);
    await container.remove();
    expect(await failureOf(container.inspect())).toEqual([404, 'No such container: pdf-renderer']);
  });

  it('gives a port to one container at a time', async () => {
    await pullV2();
    const HostConfig = { PortBindings: { '8080/tcp': [{ HostPort: '8080' }] } };
    const first = await create({ name: 'first', Image: v2(), HostConfig });
    const second = await create({ name: 'second', Image: v2(), HostConfig });
    await first.start();
    expect((await first.inspect()).NetworkSettings.Ports).toEqual({
      '8080/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }],
    });
    expect(await failureOf(second.start())).toEqual([500, expect.stringMatching(/port is already allocated$/)]);
    await first.stop();
    await second.start();
    expect((await second.inspect()).State.Running).toBe(true);
  });

  it('gives up restarting when another container took the port meanwhile', async () => {
    await pullV2();
    const other = await create({ Image: v2(), HostConfig: { PortBindings: { '8080/tcp': [{ HostPort: '8080' }] } } });
    await other.start();
    const container = docker.getContainer('pdf-renderer');
    await vi.waitFor(async () => expect((await container.inspect()).State.Status).toBe('exited'), 10_000);
    expect((await container.inspect()).State).toMatchObject({
      ExitCode: 1,
      Error: expect.stringMatching(/Bind for 0\.0\.0\.0:8080 failed: port is already allocated$/),
    });
  });

  it('changes the restart policy and the name, and keeps both', async () => {
    const container = docker.getContainer('pdf-renderer');
    const { Id } = await container.inspect();
    await container.update({ RestartPolicy: { Name: 'no' } });
    await container.rename({ name: 'set-aside' });
    expect(await docker.getContainer('set-aside').inspect()).toMatchObject({
      Id,
      HostConfig: { RestartPolicy: { Name: 'no' } },
    });
    expect(await failureOf(docker.getContainer('set-aside').rename({ name: 'set-aside' }))).toEqual([
      400,
      'Renaming a container with the same name as its current name',
    ]);
  });
});

describe('looking inside', () => {
  it('gives files as Docker does: links as links, folders with all that is below', async () => {
    const container = docker.getContainer('pdf-renderer');
    const archiveOf = async (path: string) =>
      entriesOf((await container.getArchive({ path })) as unknown as AsyncIterable<Uint8Array>);
    expect(await archiveOf('/app/current')).toEqual([['symlink', 'current', 0o777, 'VERSION']]);
    const [folder, ...files] = (await archiveOf('/app')) as [string, string, number, string][];
    expect(folder?.slice(0, 3)).toEqual(['directory', 'app/', 0o755]);
    expect(files.map(([type, name, mode]) => [type, name, mode])).toEqual([
      ['file', 'app/VERSION', 0o644],
      ['symlink', 'app/current', 0o777],
      ['file', 'app/render', 0o755],
    ]);
    const [[, , , render]] = (await archiveOf('/app/render')) as [[string, string, number, string]];
    expect(render.slice(1, 4)).toBe('ELF');
  });

  it.each([
    ['/app/render', { name: 'render', mode: 0o755, linkTarget: '' }],
    ['/app/current', { name: 'current', mode: 2 ** 27 + 0o777, size: 7, linkTarget: '/app/VERSION' }],
    ['/app/', { name: 'app', mode: 2 ** 31 + 0o755, linkTarget: '' }],
    ['/tmp', { name: 'tmp', mode: 2 ** 31 + 2 ** 20 + 0o777, linkTarget: '' }],
  ])('says what %s is, in the terms of Go', async (path, expected) => {
    const response = await fetch(`${address}/containers/pdf-renderer/archive?path=${path}`, { method: 'HEAD' });
    const stat = Buffer.from(response.headers.get('x-docker-container-path-stat')!, 'base64').toString();
    expect(JSON.parse(stat)).toMatchObject(expected);
  });
});

describe('following', () => {
  it('tells further log lines until the container stops', async () => {
    await pullV2();
    const container = await create({ Image: v2(), Env: ['QUEUE_URL=amqp://queue'] });
    await container.start();
    const log = (await container.logs({ follow: true, stdout: true })) as AsyncIterable<Uint8Array>;
    let text = '';
    for await (const chunk of log) {
      text += Buffer.from(chunk).toString();
      if (text.includes('waiting')) await container.stop();
    }
    expect(text).toMatch(/is ready\n[\s\S]*rendered \d+ jobs, \d+ waiting\n/);
  });

  it('tells what happened, to one container too', async () => {
    await docker.getContainer('pdf-renderer').stop();
    const until = Math.ceil(Date.now() / 1000) - 1;
    const response = await fetch(
      `${address}/events?since=1&until=${until}&filters=${encodeURIComponent('{"container":["pdf-renderer"]}')}`,
    );
    const events = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.slice(0, 3).map(({ Action }) => Action)).toEqual(['create', 'start', 'die']);
    expect(events[2]).toMatchObject({
      Type: 'container',
      from: v3(),
      Actor: { Attributes: { exitCode: '1', name: 'pdf-renderer', image: v3() } },
    });
    expect(JSON.stringify(events)).not.toContain('rk-practice');
  });

  it('waits for the end of a container', async () => {
    await pullV2();
    const container = await create({ Image: v2() });
    await container.start();
    const ended = container.wait();
    await container.stop();
    expect(await ended).toMatchObject({ StatusCode: 0 });
  });
});

describe('networks', () => {
  it('are Docker’s own three, and a container can be put into one and taken out', async () => {
    expect((await docker.listNetworks()).map(({ Name }) => Name).sort()).toEqual(['bridge', 'host', 'none']);
    const container = docker.getContainer('pdf-renderer');
    const networksOf = async () => Object.keys((await container.inspect()).NetworkSettings.Networks);
    expect(await networksOf()).toEqual(['bridge']);
    await docker.getNetwork('bridge').disconnect({ Container: 'pdf-renderer' });
    expect(await networksOf()).toEqual([]);
    await docker.getNetwork('bridge').connect({ Container: 'pdf-renderer' });
    expect(await networksOf()).toEqual(['bridge']);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { createDockerEstate } from '../../../adapters/estate/docker/estate.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { type Answers, type FakeEngine, fakeEngine } from './fake-engine.ts';
import { systemClock } from './system-clock.ts';

const signal = new AbortController().signal;
const place = { kind: 'docker', host: 'h', container: 'web' } as const;
const SECRET = 'canary-5d1f-do-not-tell';

let engine: FakeEngine | null = null;
afterEach(() => engine?.close());

async function estateWith(answers: Answers) {
  engine = await fakeEngine(answers);
  return createDockerEstate({ name: 'h', practice: true, client: engine.client, clock: systemClock });
}

describe('finding', () => {
  const service = 'com.docker.compose.service';
  const listing = [
    { Id: '1', Names: ['/other/db', '/docs-web-1'], Labels: { [service]: 'web' } },
    { Id: '2', Names: ['/web'], Labels: null },
    { Id: '3', Names: ['/web-execfmt-p-1'], Labels: { [service]: 'web' } },
    { Id: '4', Names: ['/webserver'], Labels: { [service]: 'webserver' } },
    { Id: '5', Names: null, Labels: { [service]: 'web' } },
  ];

  it('goes by exact name first, then by Compose service, and passes over what is set aside', async () => {
    const estate = await estateWith({ 'GET /containers/json': listing });
    expect(knownValue(await estate.find('web', signal))).toEqual([place, { ...place, container: 'docs-web-1' }]);
    expect(knownValue(await estate.names(signal))).toEqual(['docs-web-1', 'web', 'webserver']);
    expect(new URL(engine?.requests[0]?.url ?? '', 'http://x').searchParams.get('all')).toBe('1');
  });
});

describe('a container', () => {
  it('is not another one whose id begins with the name', async () => {
    const estate = await estateWith({ 'GET /containers/web/json': { Id: 'web0', Name: '/different', Image: 'i' } });
    expect(await estate.inspect(place, signal)).toMatchObject({ kind: 'probe-failed', why: { code: 'not-found' } });
  });

  it('of another host is a mistake of the program', async () => {
    const estate = await estateWith({});
    await expect(estate.inspect({ ...place, host: 'elsewhere' }, signal)).rejects.toThrow(/another host/);
  });

  it('does not tell its environment in the engine’s error text', async () => {
    const State = { Status: 'created', ExitCode: 1, Error: `invalid value ${SECRET} in config` };
    const document = { Id: '1', Name: '/web', Image: 'i', State, Config: { Env: [`K=${SECRET}`] } };
    const estate = await estateWith({ 'GET /containers/web/json': document });
    const facts = knownValue(await estate.inspect(place, signal));
    expect(facts.state.error).toBe('invalid value [value of K] in config');
    expect(JSON.stringify(facts)).not.toContain(SECRET);
  });
});

describe('a log', () => {
  const logOf = async (text: string, lines = 100) => {
    const document = { Id: '1', Name: '/web', Image: 'i', Config: { Tty: true, Env: [`K=${SECRET}`] } };
    const estate = await estateWith({
      'GET /containers/web/json': document,
      'GET /containers/1/logs': Buffer.from(text),
    });
    return knownValue(await estate.log(place, lines, signal));
  };

  it('is cut at 2,000 characters a line, and no value is left at the cut', async () => {
    const tail = await logOf(`${'x'.repeat(1_990)}${SECRET}\nshort\n`);
    expect(tail.lines[0]).toHaveLength(2_000);
    expect(tail.lines[0]).not.toContain(SECRET.slice(0, 6));
    expect(tail).toMatchObject({ truncated: true, lines: [expect.anything(), 'short'] });
  });

  it('is cut at 64 KiB, from its beginning', async () => {
    const tail = await logOf(`${Array.from({ length: 200 }, (_, i) => `${i} ${'y'.repeat(1_000)}`).join('\n')}\n`, 200);
    expect(tail.truncated).toBe(true);
    expect(tail.lines.at(-1)).toMatch(/^199 /);
    expect(Buffer.byteLength(tail.lines.join('\n'))).toBeLessThanOrEqual(64 * 1024);
    expect(tail.lines.length).toBeGreaterThan(60);
  });

  it('gives no more lines than were asked for', async () => {
    expect(await logOf('a\nb\nc\n', 2)).toEqual({ lines: ['b', 'c'], truncated: false });
  });

  it('that the engine does not keep is not to be had', async () => {
    const estate = await estateWith({
      'GET /containers/web/json': { Id: '1', Name: '/web', Image: 'i' },
      'GET /containers/1/logs': (_request, response) =>
        response.writeHead(501).end('{"message":"configured logging driver does not support reading"}'),
    });
    expect(await estate.log(place, 10, signal)).toMatchObject({ kind: 'probe-failed', why: { code: 'unsupported' } });
  });
});

describe('the images of a repository', () => {
  it('are known by tag or digest, under Docker’s short names too, newest first', async () => {
    const image = (Id: string) => ({ Id, Os: 'linux', Architecture: 'amd64' });
    const estate = await estateWith({
      'GET /images/json': [
        { Id: 'old', RepoTags: ['nginx:1'], RepoDigests: [], Created: 1 },
        { Id: 'new', RepoTags: null, RepoDigests: ['nginx@sha256:1'], Created: 3 },
        { Id: 'gone', RepoTags: ['nginx:2'], RepoDigests: [], Created: 2 },
        { Id: 'no', RepoTags: ['localhost:5000/nginx:1', 'nginx-x:1', '<none>:<none>'], RepoDigests: [], Created: 4 },
      ],
      'GET /images/old/json': image('old'),
      'GET /images/new/json': image('new'),
    });
    const images = knownValue(await estate.localImages(place, 'docker.io/library/nginx', signal));
    expect(images.map(({ id }) => id)).toEqual(['new', 'old']);
  });
});

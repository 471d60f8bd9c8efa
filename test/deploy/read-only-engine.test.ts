import { mkdirSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { REAL_ENGINE, useRealEngine } from '../e2e/real-engine.ts';
import { runExecfmt } from '../e2e/run-execfmt.ts';
import type { Release } from '../lab/debian-package.ts';
import { deployIncident, type Incident } from '../lab/incident.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { suite } from '../lab/requirements.ts';
import { type ReadOnlyProxy, startReadOnlyProxy } from './start-read-only-proxy.ts';

const START_MS = 600_000;

// Debian's HAProxy 2.6, and 3.0, which is near to what compose.yaml names.
for (const release of ['bookworm', 'trixie'] as const) proxyOf(release);

function proxyOf(release: Release): void {
  suite(`the read-only proxy before an engine, HAProxy of ${release}`, REAL_ENGINE, () => testProxy(release));
}

function testProxy(release: Release): void {
  const real = useRealEngine();
  let incident: Incident;
  let proxy: ReadOnlyProxy;
  let folder: string;

  beforeAll(async () => {
    incident = await deployIncident(real.engine, real.registry);
    folder = createScratchFolder('proxy');
    proxy = await startReadOnlyProxy(real.engine, release, '127.0.0.1');
  }, START_MS);
  afterAll(async () => {
    await proxy?.stop();
    await incident?.stop();
    if (folder) removeLabFolder(folder);
  });

  async function ask(method: string, path: string, headers: Record<string, string> = {}) {
    const answer = await new Promise<IncomingMessage>((done, fail) => {
      const sent = request({ host: '127.0.0.1', port: proxy.port, method, path, headers, timeout: 20_000 }, done);
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} took too long`)));
      sent.on('error', fail);
      sent.end();
    });
    return { status: answer.statusCode, body: await text(answer) };
  }

  /** All of the incident's that a change would show in; other tests use the same engine. */
  async function stateOfIncident() {
    const { container, network, volume, repository } = incident;
    const document = await real.docker.getContainer(container).inspect();
    const images = await real.docker.listImages({ filters: { reference: [repository] } });
    return {
      container: { id: document.Id, name: document.Name, created: document.Created, config: document.Config },
      network: (await real.docker.getNetwork(network).inspect()).Id,
      volume: await real.docker.getVolume(volume).inspect(),
      images: images.map(({ Id, RepoTags }) => [Id, RepoTags]).toSorted(),
    };
  }

  it('lets a diagnosis through, with the same verdict as without it', { timeout: 240_000 }, async () => {
    const diagnose = async (engine: string) => {
      const configuration = parse(incident.configuration);
      configuration.hosts[incident.hostName] = { docker: engine };
      mkdirSync(join(folder, 'config'), { recursive: true });
      const file = join(folder, 'config', 'execfmt.yaml');
      writeFileSync(file, stringify({ ...configuration, store: `sqlite:${join(folder, 'runs.db')}` }));
      const { status, stdout, stderr } = await runExecfmt(['diagnose', incident.service, '--json', '-c', file]);
      expect(status, stderr).toBe(1);
      const { verdict, steps } = JSON.parse(stdout);
      const statuses = steps.map((step: { id: string; status: string }) => [step.id, step.status]);
      return { verdict, statuses };
    };
    const direct = await diagnose(real.engine.host);
    expect(direct.verdict).toMatchObject({ fault: 'wrong-platform-image', confidence: 'proved' });
    expect(await diagnose(proxy.address)).toEqual(direct);
  });

  it('refuses whatever could change something', { timeout: 120_000 }, async () => {
    const before = await stateOfIncident();
    const container = `/containers/${incident.container}`;
    const changes = [
      ['POST', '/containers/create'],
      ['POST', `${container}/start`],
      ['POST', `${container}/stop`],
      ['POST', `${container}/kill`],
      ['POST', `${container}/rename?name=gone`],
      ['POST', `${container}/update`],
      ['POST', `${container}/exec`],
      ['POST', `${container}/attach?stream=1`],
      ['PUT', `${container}/archive?path=/`],
      ['DELETE', `${container}?force=1`],
      ['POST', '/containers/prune'],
      ['POST', '/images/create?fromImage=busybox'],
      ['DELETE', `/images/${incident.repository}:v3?force=1`],
      ['POST', '/images/prune'],
      ['POST', '/build'],
      ['POST', '/commit'],
      ['POST', '/networks/create'],
      ['DELETE', `/networks/${incident.network}`],
      ['POST', '/volumes/create'],
      ['DELETE', `/volumes/${incident.volume}?force=1`],
      ['POST', '/swarm/init'],
      ['POST', '/plugins/pull'],
      ['POST', '/auth'],
      ['POST', '/session'],
      // What may be looked at may not be posted to either.
      ['POST', `${container}/json`],
      ['PUT', '/containers/json'],
      ['DELETE', '/images/json'],
      ['PATCH', '/info'],
      ['OPTIONS', '/info'],
    ] as const;
    for (const [method, path] of changes)
      for (const prefix of ['', '/v1.41'])
        expect(await ask(method, prefix + path), `${method} ${prefix}${path}`).toMatchObject({ status: 403 });
    expect(await stateOfIncident()).toEqual(before);
  });

  it('refuses to show what a diagnosis does not need', async () => {
    const container = `/containers/${incident.container}`;
    const paths = [
      ...[`${container}/export`, `${container}/attach/ws`, `${container}/top`, `${container}/stats?stream=0`],
      ...['/networks', '/volumes', '/secrets', '/configs', '/swarm', '/nodes', '/plugins', '/system/df', '/tasks'],
      ...[
        `/images/${incident.repository}:v3/get`,
        '/images/get?names=x',
        '/images/search?term=x',
        '/distribution/x/json',
      ],
      ...['/', '/v1.41', '/v1.41/', '/containers', '/debug/pprof/'],
    ];
    for (const path of paths) expect(await ask('GET', path), path).toMatchObject({ status: 403 });
  });

  it('takes no path for another one than the engine does', async () => {
    const sly = [
      ...['//containers/json', '/v1.41//info', '/images/../networks/json', '/images/x/../../volumes/json'],
      ...['/images/%2e%2e/networks/json', '/images/x%2f..%2f..%2fsecrets/json', '/containers/a%2fb/json', '/info%00'],
      ...[
        '/info/../networks',
        '/images/./json',
        '/INFO',
        '/v2/info',
        '/v1.41/v1.41/info',
        '/networks?/info',
        '/networks#/info',
      ],
    ];
    for (const path of sly) expect(await raw(`GET ${path} HTTP/1.1`), path).toMatch(/^HTTP\/1\.1 40[03] /);
    const absolute = await raw('GET http://engine/networks HTTP/1.1', '\r\nHost: engine\r\nConnection: close\r\n\r\n');
    expect(absolute).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('hands no connection over, and smuggles no second request behind a first', async () => {
    expect(await ask('GET', '/info', { connection: 'upgrade', upgrade: 'tcp' })).toMatchObject({ status: 403 });
    const second = 'POST /containers/prune HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const body = `Host: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`;
    const answers = await raw(`GET /_ping HTTP/1.1\r\n${body}`, '');
    expect(answers).not.toContain('ContainersDeleted');
    const pipelined = await raw(`GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n${second}`, '');
    expect(pipelined).toMatch(/^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 403 /);
  });

  /** Bytes as they are, and everything that comes back until the proxy closes the connection. */
  function raw(head: string, rest = '\r\nHost: x\r\nConnection: close\r\n\r\n'): Promise<string> {
    return new Promise((done, fail) => {
      // Not half-closed: a proxy may take that for a client who has gone, and leave the second request unanswered.
      const socket = connect(proxy.port, '127.0.0.1', () => socket.write(head + rest));
      text(socket).then(done, fail);
    });
  }
}

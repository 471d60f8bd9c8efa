import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageCheck } from '../../src/playbook/image-check.ts';
import { dockerArchive } from '../lab/docker-archive.ts';
import type { LayoutImage } from '../lab/image-layout.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { pushImages } from '../lab/push-image.ts';
import { suite } from '../lab/requirements.ts';
import { parseXml } from '../view/parse-xml.ts';
import { sarifMistakes } from '../view/sarif-mistakes.ts';
import { type CheckedImage, checkedImage, script } from './check-images.ts';
import { useRealEngine } from './real-engine.ts';
import { runExecfmt } from './run-execfmt.ts';

const exec = promisify(execFile);
const NEEDS = ['engine', 'docker-registry', 'skopeo', 'debian-binaries'] as const;

suite('execfmt check, on a real registry and a real engine', NEEDS, () => {
  const real = useRealEngine();
  let folder: string;
  let config: string;
  let repository: string;

  beforeAll(async () => {
    folder = createScratchFolder('check');
    config = join(folder, 'execfmt.yaml');
    const { address } = real.registry;
    repository = `${address}/pdf-renderer`;
    const hosts = `hosts: { lab: { docker: "${real.engine.host}" } }`;
    await writeFile(config, `registries: { "${address}": { plainHttp: true } }\n${hosts}\n`);
  });
  afterAll(() => removeLabFolder(folder));

  /** Pushes one image, or several as an index, with skopeo. */
  async function push(tag: string, ...specs: CheckedImage[]): Promise<string> {
    const images = await Promise.all(specs.map(checkedImage));
    const pushed: LayoutImage = images.length === 1 ? images[0]! : images;
    await pushImages(repository, { [tag]: pushed });
    return `${repository}:${tag}`;
  }
  const run = (...args: string[]) => runExecfmt(['check', '--config', config, ...args]);
  async function checkJson(...args: string[]): Promise<ImageCheck & { status: number | null }> {
    const { status, stdout, stderr } = await run(...args, '--json');
    expect(stderr).toBe('');
    expect(stdout).not.toContain('canary-of-the-environment');
    return { ...JSON.parse(stdout), status };
  }
  const two: readonly CheckedImage[] = [{ says: 'amd64' }, { says: 'arm64' }];

  describe('a reference in the registry', () => {
    it('passes when each platform would start', async () => {
      const image = await push('good', ...two);
      const found = await checkJson(image);
      expect(found).toMatchObject({ status: 0, image, kind: 'index', pass: true, warnings: [] });
      expect(found.platforms.map(({ platform, present, pass }) => [platform, present, pass])).toEqual([
        ['linux/amd64', true, true],
        ['linux/arm64', true, true],
      ]);
      const { status, stdout } = await run(image);
      expect(status).toBe(0);
      expect(stdout).toContain('✓ 2 platforms checked, all pass.');
    });

    it('fails when a wanted platform is missing', async () => {
      const image = await push('two', ...two);
      const found = await checkJson(image, '--platform', 'linux/amd64', '--platform', 'linux/s390x');
      expect(found).toMatchObject({ status: 1, pass: false });
      expect(found.platforms).toMatchObject([
        { platform: 'linux/amd64', pass: true },
        { platform: 'linux/s390x', present: false, pass: false, fault: 'platform-missing-from-index' },
      ]);
    });

    it('fails when the program is for another architecture, and tells of the layer that both have', async () => {
      const found = await checkJson(await push('shared', { says: 'amd64' }, { says: 'arm64', holds: 'amd64' }));
      expect(found).toMatchObject({ status: 1, pass: false });
      expect(found.platforms[1]).toMatchObject({
        fault: 'wrong-arch-binary',
        culprit: '/bin/sh',
        sharedLayer: { with: ['linux/amd64'] },
      });
    });

    it('fails when only the metadata are wrong', async () => {
      const wrong: CheckedImage = { says: 'arm64', holds: 'amd64', listed: 'amd64' };
      const found = await checkJson(await push('metadata', wrong, { says: 'arm64' }));
      expect(found.platforms[0]).toMatchObject({ platform: 'linux/amd64', pass: false, fault: 'wrong-metadata' });
      expect(found.platforms[1]).toMatchObject({ pass: true });
    });

    it('fails for the incident: a tag that was overwritten by one platform’s image', async () => {
      const image = await push('v3', { says: 'arm64' });
      const found = await checkJson(image, '--platform', 'linux/amd64');
      expect(found).toMatchObject({ status: 1, kind: 'manifest', warnings: [{ code: 'single-platform-tag' }] });
      expect(found.platforms).toMatchObject([{ present: false, fault: 'wrong-platform-image', culprit: '/bin/sh' }]);
    });

    it('passes a single image for its own platform, with a warning of the tag', async () => {
      const image = await push('single', { says: 'amd64' });
      expect(await checkJson(image)).toMatchObject({ status: 0, warnings: [{ code: 'single-platform-tag' }] });
      const { digest } = await checkJson(image);
      expect(await checkJson(`${repository}@${digest}`)).toMatchObject({ status: 0, warnings: [] });
    });

    it.each([
      ['script-crlf', '#!/bin/sh\r\necho\r\n'],
      ['script-no-shebang', 'echo hello\n'],
      ['interpreter-missing', '#!/bin/bash\necho\n'],
    ])('fails with %s', async (fault, content) => {
      const start: CheckedImage = { says: 'amd64', entrypoint: ['/start'], files: [script(content)] };
      const found = await checkJson(await push(fault, start, { ...start, says: 'arm64' }));
      expect(found.platforms).toMatchObject([{ fault }, { fault }]);
      expect(found.status).toBe(1);
    });

    it('is told of when it cannot be read, and is no pass', async () => {
      const found = await checkJson(`${repository}:nothing`);
      expect(found).toMatchObject({ status: 3, pass: null, platforms: [], error: { code: 'not-found' } });
    });

    it('is judged as an engine pushed it', async () => {
      const name = `${repository}:pushed`;
      await load(real.docker, name);
      const progress = await real.docker.getImage(name).push({ authconfig: { username: '', password: '' } as never });
      await new Promise((resolve, reject) => progress.on('end', resolve).on('error', reject).resume());
      expect(await checkJson(name)).toMatchObject({ status: 0, kind: 'manifest', platforms: [{ pass: true }] });
      await real.docker.getImage(name).remove();
    });
  });

  describe('reports', () => {
    it('are written beside the text', async () => {
      const image = await push('reported', { says: 'amd64' }, { says: 'arm64', holds: 'amd64' });
      const [sarif, junit] = [join(folder, 'check.sarif'), join(folder, 'check.xml')];
      const { status, stdout } = await run(image, '--sarif', sarif, '--junit', junit);
      expect(status).toBe(1);
      expect(stdout).toContain('✗ fails linux/arm64');
      const log = JSON.parse(await readFile(sarif, 'utf8'));
      expect(sarifMistakes(log)).toEqual([]);
      expect(log.runs[0].results).toMatchObject([{ ruleId: 'wrong-arch-binary', level: 'error' }]);
      const root = parseXml(await readFile(junit, 'utf8'));
      expect(root.attributes).toMatchObject({ tests: '2', failures: '1' });
    });

    it('that cannot be written are no pass', async () => {
      const image = await push('unwritten', { says: 'amd64' });
      const { status, stderr } = await run(image, '--junit', join(folder, 'no/such/folder.xml'));
      expect(status).toBe(2);
      expect(stderr).toContain('ENOENT');
    });
  });

  describe('an image in a file', () => {
    let image: string;
    beforeAll(async () => {
      image = await push('filed', { says: 'amd64' }, { says: 'arm64', holds: 'amd64' });
    });
    const copy = (to: string, ...more: string[]) =>
      exec('skopeo', ['copy', '--insecure-policy', '--src-tls-verify=false', ...more, `docker://${image}`, to]);

    it.each(['oci', 'oci-archive', 'dir'])('as skopeo writes it as %s', async (kind) => {
      const name = `${kind}:${join(folder, `as-${kind}`)}`;
      await copy(name, '--all');
      const found = await checkJson(name);
      expect(found).toMatchObject({ status: 1, kind: 'index', platforms: [{ pass: true }, { pass: false }] });
      expect(found.platforms[1]).toMatchObject({ fault: 'wrong-arch-binary', sharedLayer: { with: ['linux/amd64'] } });
    });

    it('as skopeo writes it as docker-archive', async () => {
      const path = join(folder, 'skopeo.tar');
      await copy(`docker-archive:${path}:team/x:1`, '--override-arch', 'arm64');
      const found = await checkJson(`docker-archive:${path}:team/x:1`, '--platform', 'linux/arm64');
      expect(found).toMatchObject({ status: 1, kind: 'manifest', platforms: [{ fault: 'wrong-arch-binary' }] });
      await exec('gzip', [path]);
      expect(await checkJson(`docker-archive:${path}.gz`)).toMatchObject({ status: 1 });
    });

    it('as the engine saves it', async () => {
      const name = 'check-saved:1';
      await load(real.docker, name);
      const path = join(folder, 'saved.tar');
      await pipeline(await real.docker.getImage(name).get(), createWriteStream(path));
      await real.docker.getImage(name).remove();
      expect(await checkJson(`docker-archive:${path}`)).toMatchObject({ status: 0, platforms: [{ pass: true }] });
    });
  });

  describe('an image in an engine', () => {
    const name = 'check-daemon:1';
    beforeAll(() => load(real.docker, name));
    afterAll(() => real.docker.getImage(name).remove());
    const temporaries = () => real.docker.listContainers({ all: true, filters: { label: ['execfmt.temporary'] } });

    it('is read on a configured host, and nothing is left behind', async () => {
      const found = await checkJson(`docker-daemon:${name}`, '--on', 'lab');
      expect(found).toMatchObject({
        status: 0,
        kind: 'manifest',
        platforms: [{ platform: 'linux/amd64', pass: true }],
      });
      expect(found.platforms[0]?.digest).toBe((await real.docker.getImage(name).inspect()).Id);
      expect(await temporaries()).toEqual([]);
    });

    it('is read where DOCKER_HOST says, without any configuration', async () => {
      const env = { DOCKER_HOST: real.engine.host };
      const wanted = ['--platform', 'linux/arm64', '--json'];
      const { status, stdout } = await runExecfmt(['check', `docker-daemon:${name}`, ...wanted], { env });
      expect(status).toBe(1);
      expect(JSON.parse(stdout).platforms).toMatchObject([{ present: false, fault: 'wrong-platform-image' }]);
      expect(await temporaries()).toEqual([]);
    });

    it('is looked for on hosts that there are', async () => {
      const { status, stderr } = await run(`docker-daemon:${name}`, '--on', 'nowhere');
      expect(status).toBe(2);
      expect(stderr).toContain('configured: lab');
    });
  });
});

/** Loads a good amd64 image into the engine under a name. */
async function load(docker: Docker, name: string): Promise<void> {
  const archive = await dockerArchive({ [name]: await checkedImage({ says: 'amd64' }) });
  const progress = await docker.loadImage(archive as never, {});
  await new Promise((resolve, reject) => progress.on('end', resolve).on('error', reject).resume());
}

import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../adapters/estate/docker/connect.ts';
import { createDockerImages, type DockerImages } from '../../../adapters/estate/docker/image-source.ts';
import { TEMPORARY_LABEL } from '../../../adapters/estate/docker/temporary-container.ts';
import { type BuiltImage, buildImage } from '../../../adapters/practice/oci-image.ts';
import { systemClock } from '../../../adapters/system/clock.ts';
import { imageSourceContract } from '../../contracts/image-source-contract.ts';
import { dockerArchive } from '../../lab/docker-archive.ts';
import { type PrivateEngine, startPrivateEngine } from '../../lab/private-engine.ts';
import { suite } from '../../lab/requirements.ts';
import { expectFailure, expectKnown, never } from '../../registry/open-source.ts';

const PLATFORM = { os: 'linux', architecture: 'amd64', variant: null };

/** Of its own: it counts temporary containers, and removes those of everybody. */
let engine: PrivateEngine;
let client: Docker;
let repository: string;

/** Loads an image as `docker load` does. */
async function load(images: Readonly<Record<string, BuiltImage>>): Promise<void> {
  const progress = await client.loadImage((await dockerArchive(images)) as never, {});
  await new Promise((resolve, reject) => progress.on('end', resolve).on('error', reject).resume());
}

async function temporaries(): Promise<Docker.ContainerInfo[]> {
  return client.listContainers({ all: true, filters: { label: [TEMPORARY_LABEL] } });
}

const source = (more: { leftOverAfterMs?: number } = {}): DockerImages =>
  createDockerImages({ name: 'lab', client, clock: systemClock, ...more });

suite('an engine as a source of images', ['engine'], () => {
  beforeAll(async () => {
    engine = await startPrivateEngine();
    client = connect({ docker: `unix://${engine.socket}` });
    repository = `source-${randomBytes(4).toString('hex')}`;
  });
  afterAll(() => engine?.stop());

  describe('keeps the contract', () =>
    imageSourceContract({ indexes: false, layers: false }, async ({ single }) => {
      await load({ [`${repository}:single`]: single });
      const { images, close } = source();
      const tags = { of: repository, have: ['single'] };
      const missing = `${repository}:missing`;
      return { images, single: `${repository}:single`, many: '', missing, tags, close };
    }));

  describe('makes temporary containers', () => {
    let opened: DockerImages | null = null;
    afterEach(async () => {
      await opened?.close();
      opened = null;
    });
    beforeAll(async () => {
      const image = await buildImage({
        platform: PLATFORM,
        layers: [[{ path: '/data/file', mode: 0o644, content: Buffer.from('x') }]],
        config: {},
        createdAt: '2026-01-02T03:04:05Z',
      });
      await load({ [`${repository}:bare`]: image });
    });
    const open = (from: DockerImages) => from.images.open(`${repository}:bare`, PLATFORM, never);

    it('one for an image, never started, without network, labelled; and gone when it is closed', async () => {
      opened = source();
      const { files, config } = expectKnown(await open(opened));
      expect(config).toMatchObject({ entrypoint: [], cmd: [] });
      expectKnown(await open(opened));
      expect(await files.lstat('/data/file')).toMatchObject({ size: 1 });
      const [made, ...others] = await temporaries();
      expect(others).toEqual([]);
      expect(made).toMatchObject({ State: 'created', Labels: { 'execfmt.temporary': 'true' } });
      expect(made?.Names[0]).toMatch(/^\/execfmt-temporary-[0-9a-f]{16}$/);
      const { HostConfig, State } = await client.getContainer(made!.Id).inspect();
      expect(HostConfig.NetworkMode).toBe('none');
      expect(State.StartedAt).toMatch(/^0001/);
      await opened.close();
      expect(await temporaries()).toEqual([]);
    });

    it('and removes them with their volumes', async () => {
      const volumes = async () => (await client.listVolumes()).Volumes?.length ?? 0;
      const before = await volumes();
      const container = await client.createContainer({ Image: `${repository}:bare`, Cmd: ['x'] });
      await container.commit({ repo: repository, tag: 'volume', changes: 'VOLUME /data' });
      await container.remove();
      opened = source();
      const { files } = expectKnown(await opened.images.open(`${repository}:volume`, PLATFORM, never));
      expect(await files.lstat('/data/file')).toMatchObject({ size: 1 });
      await opened.close();
      expect(await volumes()).toBe(before);
    });

    it('none for an image that is not there, nor for a question that is given up', async () => {
      opened = source();
      expect(expectFailure(await opened.images.open(`${repository}:nothing`, PLATFORM, never)).code).toBe('not-found');
      const given = AbortSignal.timeout(1);
      await opened.images.open(`${repository}:bare`, PLATFORM, given);
      await opened.close();
      expect(await temporaries()).toEqual([]);
    });

    it('and sweeps what a killed process left over, but nothing that is young, running or somebody else’s', async () => {
      const killed = source();
      expectKnown(await open(killed));
      const [left] = await temporaries();
      const other = await client.createContainer({ Image: `${repository}:bare`, Cmd: ['x'] });

      opened = source();
      expectKnown(await open(opened));
      expect((await temporaries()).map(({ Id }) => Id)).toContain(left?.Id);
      await opened.close();

      opened = source({ leftOverAfterMs: -60_000 });
      expectKnown(await open(opened));
      expect((await temporaries()).map(({ Id }) => Id)).not.toContain(left?.Id);
      expect((await other.inspect()).State.Status).toBe('created');
      await other.remove();
    });
  });
});

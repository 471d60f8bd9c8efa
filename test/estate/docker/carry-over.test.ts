import { describe, expect, it } from 'vitest';
import type { ContainerDocument } from '../../../adapters/estate/docker/documents.ts';
import { carryOverConfig } from '../../../adapters/estate/docker/swap/carry-over-config.ts';
import { carryOverMounts } from '../../../adapters/estate/docker/swap/carry-over-mounts.ts';
import { carryOverNetworks } from '../../../adapters/estate/docker/swap/carry-over-networks.ts';
import { carryOverSettings } from '../../../adapters/estate/docker/swap/carry-over-settings.ts';

const ID = 'abcdef0123456789'.repeat(4);
const container = (parts: Partial<ContainerDocument>): ContainerDocument => ({
  Id: ID,
  Name: '/c',
  Image: 'sha256:1',
  ...parts,
});

describe('configuration', () => {
  const image = { Env: ['PATH=/bin', 'V=1'], Cmd: ['run'], Entrypoint: ['/init'], Labels: { a: '1' }, User: 'app' };

  it('leaves out what came from the image', () => {
    expect(carryOverConfig({ ...image, Env: ['PATH=/bin', 'V=2', 'X=y'] }, image)).toMatchObject({
      Env: ['V=2', 'X=y'],
      Cmd: null,
      Entrypoint: null,
      Labels: {},
    });
    expect(carryOverConfig(image, image)).not.toHaveProperty('User');
  });

  it('keeps what was set, also where it takes something away', () => {
    expect(carryOverConfig({ ...image, Cmd: ['other'] }, image)).toMatchObject({ Entrypoint: null, Cmd: ['other'] });
    expect(carryOverConfig({ ...image, Entrypoint: ['/sh'] }, image)).toMatchObject({
      Entrypoint: ['/sh'],
      Cmd: ['run'],
    });
    expect(carryOverConfig({ ...image, Entrypoint: null }, image)).toMatchObject({ Entrypoint: [''], Cmd: ['run'] });
    expect(carryOverConfig({ ...image, Labels: { a: '2', b: '1' } }, image).Labels).toEqual({ a: '2', b: '1' });
    expect(carryOverConfig({ ...image, User: 'root' }, image).User).toBe('root');
  });

  it('keeps everything when the image is unknown, but the labels of earlier swaps', () => {
    const config = { ...image, Labels: { a: '1', 'execfmt.swap': 'p-1', 'execfmt.swap.ran': 'true' } };
    expect(carryOverConfig(config, null)).toEqual({ ...image, Labels: { a: '1' } });
  });
});

describe('a health check', () => {
  const image = { Healthcheck: { Test: ['CMD', '/old'], Interval: 5 } };
  const kept = (Healthcheck: unknown) => carryOverConfig({ Healthcheck }, image).Healthcheck;

  it('keeps the parts that were set, and takes the others from the new image', () => {
    expect(kept({ Test: ['CMD', '/old'], Interval: 9 })).toEqual({ Interval: 9 });
    expect(kept({ Test: ['CMD', '/mine'], Interval: 5 })).toEqual({ Test: ['CMD', '/mine'] });
    expect(kept({ Test: ['NONE'] })).toEqual({ Test: ['NONE'] });
    expect(kept(image.Healthcheck)).toBeUndefined();
  });
});

describe('exposed ports', () => {
  it('of the old image stay where they are published: the engine publishes only what is exposed', () => {
    const ports = { '80/tcp': {}, '81/tcp': {}, '82/tcp': {} };
    const old = container({ Config: { ExposedPorts: ports }, HostConfig: { PortBindings: { '80/tcp': [{}] } } });
    const { body } = carryOverSettings(old, { ExposedPorts: { '80/tcp': {}, '81/tcp': {} } }, 'i', {});
    expect(body.ExposedPorts).toEqual({ '80/tcp': {}, '82/tcp': {} });
  });
});

describe('mounts', () => {
  it('name every anonymous volume', () => {
    const host = carryOverMounts(
      container({
        HostConfig: { Binds: ['named:/a:ro'], Mounts: [{ Type: 'volume', Target: '/b' }] },
        Mounts: [
          { Type: 'volume', Name: 'named', Destination: '/a', RW: false },
          { Type: 'volume', Name: 'made-up-1', Destination: '/b', RW: true },
          { Type: 'volume', Name: 'made-up-2', Destination: '/c', RW: true },
          { Type: 'bind', Destination: '/d', RW: true },
        ],
      }),
    );
    expect(host.Binds).toEqual(['named:/a:ro', 'made-up-2:/c']);
    expect(host.Mounts).toEqual([{ Type: 'volume', Target: '/b', Source: 'made-up-1' }]);
  });

  it('come from another container again, but for the own ones', () => {
    const host = carryOverMounts(
      container({
        Config: { Volumes: { '/own': {} } },
        HostConfig: { VolumesFrom: ['other'] },
        Mounts: [
          { Type: 'volume', Name: 'theirs', Destination: '/theirs' },
          { Type: 'volume', Name: 'own', Destination: '/own' },
        ],
      }),
    );
    expect(host.Binds).toEqual(['own:/own']);
  });
});

describe('networks', () => {
  it('are asked for without the short id of the old container', () => {
    const { first, others } = carryOverNetworks(
      container({
        HostConfig: { NetworkMode: 'front' },
        NetworkSettings: {
          Networks: {
            front: { Aliases: ['web', ID.slice(0, 12)], NetworkID: 'n1' },
            back: { IPAMConfig: { IPv4Address: '10.0.0.9' }, Aliases: null, NetworkID: 'n2' },
          },
        },
      }),
    );
    expect(first).toEqual({ front: { Aliases: ['web'] } });
    expect(others).toEqual({ back: { IPAMConfig: { IPv4Address: '10.0.0.9' } } });
  });

  it.each(['host', 'none', 'container:1234'])('are not asked for with mode %s', (NetworkMode) => {
    const networks = carryOverNetworks(
      container({ HostConfig: { NetworkMode }, NetworkSettings: { Networks: { x: {} } } }),
    );
    expect(networks).toEqual({ first: {}, others: {} });
  });
});

describe('the hostname', () => {
  const hostnameOf = (Hostname: string, HostConfig = {}) =>
    carryOverSettings(container({ Config: { Hostname, Domainname: 'd' }, HostConfig }), null, 'i', {}).body.Hostname;

  it('is kept only when somebody chose it, and where one may be chosen', () => {
    expect(hostnameOf('renderer')).toBe('renderer');
    expect(hostnameOf(ID.slice(0, 12))).toBeUndefined();
    expect(hostnameOf('renderer', { NetworkMode: 'container:1' })).toBeUndefined();
    expect(hostnameOf('renderer', { UTSMode: 'host' })).toBeUndefined();
  });
});

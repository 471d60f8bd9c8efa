import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../src/image/manifest.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_IMAGE = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const parse = (value: unknown, type: string | null = null) => parseManifest(JSON.stringify(value), type);

describe('parseManifest', () => {
  const config = { mediaType: OCI_CONFIG, digest: digest('c'), size: 2 };
  const layers = [
    { mediaType: 'x', digest: digest('1'), size: 10 },
    { digest: digest('2'), annotations: { 'a.b': 'c' } },
  ];

  it('reads an image, by its own type, by the one it came with, or by its shape', () => {
    const expected = {
      kind: 'manifest',
      config,
      layers: [
        { ...layers[0], annotations: {} },
        { mediaType: '', digest: digest('2'), size: null, annotations: { 'a.b': 'c' } },
      ],
      annotations: { a: 'b' },
    };
    const annotations = { a: 'b', odd: 1 };
    const body = { schemaVersion: 2, config, layers, annotations, somethingNew: {} };
    expect(parse({ ...body, mediaType: OCI_IMAGE })).toEqual({ ...expected, mediaType: OCI_IMAGE });
    expect(parse(body, `${DOCKER_IMAGE}; charset=utf-8`)).toEqual({ ...expected, mediaType: DOCKER_IMAGE });
    expect(parse(body, 'text/plain')).toEqual({ ...expected, mediaType: OCI_IMAGE });
    expect(parse({ ...body, mediaType: DOCKER_IMAGE }, OCI_INDEX)).toMatchObject({ mediaType: DOCKER_IMAGE });
  });

  it('tells images, attestations, indexes and other things in an index apart', () => {
    const platform = (os: string, architecture: string, variant?: string) => ({ os, architecture, variant });
    const manifests = [
      { mediaType: OCI_IMAGE, digest: digest('1'), platform: platform('linux', 'amd64') },
      { mediaType: OCI_IMAGE, digest: digest('2'), platform: platform('linux', 'arm', 'v7') },
      { mediaType: OCI_IMAGE, digest: digest('3'), platform: platform('unknown', 'unknown') },
      {
        mediaType: OCI_IMAGE,
        digest: digest('4'),
        platform: platform('linux', 'amd64'),
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      },
      { mediaType: OCI_INDEX, digest: digest('5') },
      { mediaType: 'application/vnd.cncf.helm', digest: digest('6') },
      { mediaType: OCI_IMAGE, digest: digest('7') },
      { mediaType: OCI_IMAGE, digest: digest('8'), artifactType: 'application/spdx+json' },
    ];
    const index = parse({ schemaVersion: 2, mediaType: DOCKER_LIST, manifests });
    if (index.kind !== 'index') throw new Error(index.kind);
    expect(index.entries.map((entry) => entry.role)).toEqual([
      'image',
      'image',
      'attestation',
      'attestation',
      'index',
      'other',
      'image',
      'other',
    ]);
    expect(index.entries[1]?.platform).toEqual({ os: 'linux', architecture: 'arm', variant: 'v7' });
    expect(index.entries[6]?.platform).toBeNull();
  });

  it('knows which image an attestation is about', () => {
    const annotations = (subject: string) => ({
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': subject,
    });
    const manifests = [digest('9'), '../x'].map((subject) => ({
      digest: digest('1'),
      annotations: annotations(subject),
    }));
    const index = parse({ mediaType: OCI_INDEX, manifests });
    expect(index.kind === 'index' && index.entries.map(({ subject }) => subject)).toEqual([digest('9'), null]);
  });

  it('refuses what is an index and an image at once', () => {
    for (const other of [{ config }, { layers }]) {
      const both = parse({ mediaType: OCI_INDEX, manifests: [], ...other });
      expect(both).toMatchObject({ kind: 'refused', code: 'invalid', reason: expect.stringContaining('at once') });
    }
  });

  it('names artifacts', () => {
    const helm = { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' };
    expect(parse({ schemaVersion: 2, mediaType: OCI_IMAGE, config: helm, layers })).toEqual({
      kind: 'artifact',
      mediaType: OCI_IMAGE,
      artifactType: 'application/vnd.cncf.helm.config.v1+json',
    });
    const stated = { schemaVersion: 2, mediaType: OCI_IMAGE, artifactType: 'application/x', config, layers };
    expect(parse(stated)).toMatchObject({ kind: 'artifact', artifactType: 'application/x' });
    const old = { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: [] };
    expect(parse(old)).toMatchObject({ kind: 'artifact' });
  });

  it('refuses schema 1 by name', () => {
    const manifest = parse(
      { schemaVersion: 1, fsLayers: [] },
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    );
    expect(manifest).toMatchObject({
      kind: 'refused',
      code: 'unsupported',
      reason: expect.stringContaining('schema 1'),
    });
  });

  it.each([
    ['no JSON', 'nope'],
    ['a list', '[]'],
    ['an index without a list', JSON.stringify({ mediaType: OCI_INDEX })],
    ['an entry without digest', JSON.stringify({ mediaType: OCI_INDEX, manifests: [{ mediaType: OCI_IMAGE }] })],
    ['an entry that is null', JSON.stringify({ mediaType: OCI_INDEX, manifests: [null] })],
    ['an image without configuration', JSON.stringify({ mediaType: OCI_IMAGE, layers: [] })],
    [
      'a layer with a path for a digest',
      JSON.stringify({ mediaType: OCI_IMAGE, config, layers: [{ digest: '../x' }] }),
    ],
  ])('refuses %s', (_what, json) => {
    expect(parseManifest(json, null)).toMatchObject({ kind: 'refused', code: 'invalid' });
  });
});

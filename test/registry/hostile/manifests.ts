import { gzipSync } from 'node:zlib';
import { describe, imageOf, indexOf, manifestOf, type Stored, stored } from '../../servers/registry/build-image.ts';
import { AMD64, answerTo, flood, type HostileCase, type HostileCases, reference, type Stage } from './hostile-case.ts';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const put = (manifest: (stage: Stage) => Stored) => (stage: Stage) =>
  stage.registry.putManifest('x', manifest(stage), 'v1');
const sends = (
  does: string,
  body: (stage: Stage) => string | Buffer,
  code: 'invalid' | 'too-large',
  says: string,
): HostileCase => ({
  does,
  set: (stage) => answerTo('/manifests/', (response) => response.end(body(stage)))(stage),
  result: { code, says },
});
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const digest = (at: number) => `sha256:${at.toString(16).padStart(64, '0')}`;
const platform = { os: 'linux', architecture: 'amd64' };
const byDigest = (stage: Stage) =>
  stage.source.resolve(`${stage.registry.host}/x@${stage.image.manifest.digest}`, stage.signal);

/** An index in an index in an index, `depth` of them. */
function nest({ registry, image }: Stage, depth: number): Stored {
  let inner = indexOf([[image.manifest, { platform }]]);
  for (let at = 1; at < depth; at++) {
    registry.putManifest('x', inner);
    inner = indexOf([[inner, {}]]);
  }
  return inner;
}

/** Documents that are not what they should be. */
export const manifests: HostileCases = {
  about: 'Manifests and indexes',
  cases: [
    {
      does: 'sends a manifest without end',
      set: answerTo('/manifests/', (response) => flood(response, ' ')),
      result: { code: 'too-large', says: 'larger than 4194304 bytes' },
    },
    sends('sends nothing', () => '', 'invalid', 'no JSON object'),
    sends('sends a page for people', () => '<html><h1>Please log in</h1>', 'invalid', 'no JSON object'),
    sends('sends the manifest compressed', ({ image }) => gzipSync(image.manifest.bytes), 'invalid', 'no JSON object'),
    sends(
      'sends lists within lists, a million deep',
      () => '['.repeat(1_000_000) + ']'.repeat(1_000_000),
      'invalid',
      'no JSON object',
    ),
    sends(
      'sends an index of lists within lists, a million deep',
      () => `{"manifests":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
      'invalid',
      'no valid digest',
    ),
    sends(
      'lists 100,000 images',
      () =>
        json({ mediaType: OCI_INDEX, manifests: Array.from({ length: 100_000 }, (_, at) => ({ digest: digest(at) })) }),
      'too-large',
      'larger than 4194304 bytes',
    ),
    sends(
      'lists 40,000 images',
      () =>
        json({ mediaType: OCI_INDEX, manifests: Array.from({ length: 40_000 }, (_, at) => ({ digest: digest(at) })) }),
      'too-large',
      '40000 manifests, more than 1000',
    ),
    sends(
      'lists 40,000 layers',
      ({ image }) =>
        json({
          config: describe(image.blobs[0]!),
          layers: Array.from({ length: 40_000 }, (_, at) => ({ digest: digest(at) })),
        }),
      'too-large',
      '40000 layers, more than 1000',
    ),
    sends(
      'sends an index that is a manifest too',
      ({ image }) => json({ manifests: [describe(image.manifest)], config: describe(image.blobs[0]!), layers: [] }),
      'invalid',
      'at once',
    ),
    sends(
      'names a digest that is a path',
      () => json({ mediaType: OCI_INDEX, manifests: [{ digest: '../../../etc/passwd' }] }),
      'invalid',
      'no valid digest',
    ),
    sends(
      'names a digest by an algorithm that is broken',
      () => json({ mediaType: OCI_INDEX, manifests: [{ digest: `md5:${'0'.repeat(32)}` }] }),
      'invalid',
      'no valid digest',
    ),
    {
      does: 'has the tag in the old schema 1',
      set: put(() =>
        stored(Buffer.from('{"schemaVersion":1}'), 'application/vnd.docker.distribution.manifest.v1+prettyjws'),
      ),
      result: { code: 'unsupported', says: 'schema 1' },
    },
    {
      does: 'has something else than an image at the tag',
      set: put(({ image }) =>
        manifestOf({
          config: { ...describe(image.blobs[0]!), mediaType: 'application/vnd.cncf.helm.config.v1+json' },
          layers: [],
        }),
      ),
      result: { code: 'unsupported', says: 'an artifact (application/vnd.cncf.helm.config.v1+json)' },
    },
    {
      does: 'names what it has by a megabyte of text',
      set: put(() => manifestOf({ artifactType: 'a\n'.repeat(500_000) })),
      result: { code: 'unsupported', says: 'an artifact (a a a' },
    },
    {
      does: 'names a platform by a megabyte of text',
      set: put(({ image }) =>
        indexOf([[image.manifest, { platform: { os: 'x'.repeat(1_000_000), architecture: 'a' } }]]),
      ),
      ask: (stage) => stage.source.open(reference(stage), AMD64, stage.signal),
      result: { code: 'not-found', says: 'no image for linux/amd64; it has xxx' },
    },
    {
      does: 'says that an index is text',
      set: ({ registry, image }) =>
        registry.putManifest('x', { ...indexOf([[image.manifest, { platform }]]), mediaType: 'text/html' }, 'v1'),
      result: {
        known: 'the document itself says what it is',
        holds: (value) => JSON.stringify(value).includes('"kind":"index"'),
      },
    },
    {
      does: 'has an index that names an index that names the first one',
      set: ({ registry, image }) => {
        const second = indexOf([[image.manifest, { platform }]]);
        const first = indexOf([[second, {}]]);
        registry.putManifest('x', first, 'v1');
        // Nothing can name what names it by its digest; so one of the two is a lie.
        registry.putManifest('x', { ...indexOf([[first, {}]]), digest: second.digest });
      },
      result: { code: 'invalid', says: 'It was cut off or altered' },
    },
    {
      does: 'has indexes within indexes, ten deep',
      set: put((stage) => nest(stage, 10)),
      result: { code: 'too-large', says: 'more indexes within it' },
    },
    {
      does: 'has an index of 500 indexes',
      set: put(({ registry, image }) =>
        indexOf(
          Array.from({ length: 500 }, (_, at) => {
            const inner = indexOf([[image.manifest, { platform, at }]]);
            registry.putManifest('x', inner);
            return [inner, {}] as const;
          }),
        ),
      ),
      result: { code: 'too-large', says: 'more indexes within it' },
      check: ({ registry }) => atMost(registry.seen.length, 40),
    },
    {
      does: 'has an index of 900 images whose platforms are not stated',
      set: put(({ registry }) =>
        indexOf(
          Array.from({ length: 900 }, (_, at) => {
            const image = imageOf('linux/s390x', [], { at });
            registry.push('x', image);
            return [image.manifest, {}] as const;
          }),
        ),
      ),
      ask: (stage) => stage.source.open(reference(stage), AMD64, stage.signal),
      result: { code: 'not-found', says: 'and 880 more' },
      check: ({ registry }) => atMost(registry.seen.length, 60),
    },
    {
      does: 'sends other bytes than the digest stands for',
      set: answerTo('/manifests/', (response) => response.end('{"schemaVersion":2}')),
      ask: byDigest,
      result: { code: 'invalid', says: 'other bytes than its digest' },
    },
    {
      does: 'cuts a manifest off without a sign of it',
      set: (stage) =>
        answerTo('/manifests/', (response) => response.end(stage.image.manifest.bytes.subarray(0, -1)))(stage),
      ask: byDigest,
      result: { code: 'invalid', says: 'other bytes than its digest' },
    },
    {
      does: 'states another digest for a tag than its bytes have',
      set: (stage) =>
        answerTo('/manifests/', (response) =>
          response.setHeader('docker-content-digest', digest(1)).end(stage.image.manifest.bytes),
        )(stage),
      result: { code: 'invalid', says: 'other bytes than its digest' },
    },
    {
      does: 'states a size in an index that its manifest does not have',
      set: put(({ image }) => indexOf([[image.manifest, { platform, size: 7 }]])),
      ask: (stage) => stage.source.open(reference(stage), AMD64, stage.signal),
      result: { code: 'invalid', says: 'and 7 are stated' },
    },
  ],
};

export function atMost(actual: number, most: number): void {
  if (actual > most) throw new Error(`${actual} requests, and at most ${most} were expected`);
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  attestationOf,
  type BuiltImage,
  describe as describeBlob,
  imageOf,
  indexOf,
  layerOf,
  manifestOf,
  type Stored,
  stored,
} from '../servers/registry/build-image.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { expectFailure, expectKnown, never, sourceFor } from './open-source.ts';

const V1 = 'https://slsa.dev/provenance/v1';
const IN_TOTO = 'application/vnd.in-toto+json';
let registry: TestRegistry;
let image: BuiltImage;
beforeEach(async () => {
  registry = await startRegistry();
  image = imageOf('linux/amd64', [await layerOf([{ name: 'a', content: 'x' }])]);
  registry.push('x', image, 'v1');
});
afterEach(() => registry.stop());

const statementOf = (subject: string, builder = 'https://ci.corp.io/1', predicateType = V1): Stored =>
  stored(
    Buffer.from(
      JSON.stringify({
        predicateType,
        subject: [{ digest: { sha256: subject.slice('sha256:'.length) } }],
        predicate: { runDetails: { builder: { id: builder } } },
      }),
    ),
    IN_TOTO,
  );
function putAttestation(statement: Stored, predicateType?: string): Stored {
  const manifest = attestationOf(statement, predicateType);
  registry.putBlob(statement);
  registry.putManifest('x', manifest);
  return manifest;
}
const platform = { os: 'linux', architecture: 'amd64' };
const beside = (attestation: Stored, subject = image.manifest.digest) => {
  const annotations = {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': subject,
  };
  return indexOf([
    [image.manifest, { platform }],
    [attestation, { platform: { os: 'unknown', architecture: 'unknown' }, annotations }],
  ]);
};
const ask = (tag = 'v1', digest = image.manifest.digest) =>
  sourceFor(registry.host).provenance(`${registry.host}/x:${tag}`, digest, never);
/** Serves the referrers API for one digest. */
function referrers(subject: string, index: Stored): void {
  registry.intercept = (_request, response, path) => {
    if (path !== `/v2/x/referrers/${subject}`) return false;
    response.setHeader('content-type', index.mediaType).end(index.bytes);
    return true;
  };
}

describe('the provenance of an image', () => {
  it('is read from the attestation beside it in its index', async () => {
    registry.putManifest('x', beside(putAttestation(statementOf(image.manifest.digest), V1)), 'v2');
    expect(expectKnown(await ask('v2'))).toMatchObject({ format: 'slsa-v1', builder: 'https://ci.corp.io/1' });
    expect(registry.seen.some(({ path }) => path.includes('referrers'))).toBe(false);
  });

  it('is not that of another image of the index', async () => {
    const other = statementOf(`sha256:${'0'.repeat(64)}`);
    registry.putManifest('x', beside(putAttestation(other, V1), `sha256:${'0'.repeat(64)}`), 'v2');
    expect(expectKnown(await ask('v2'))).toBeNull();
  });

  it('is not taken from a statement about another image, whatever the index says', async () => {
    registry.putManifest('x', beside(putAttestation(statementOf(`sha256:${'0'.repeat(64)}`), V1)), 'v2');
    expect(expectKnown(await ask('v2'))).toBeNull();
  });

  it('is not looked for in attestations of another kind', async () => {
    const sbom = statementOf(image.manifest.digest, 'x', 'https://spdx.dev/Document');
    registry.putManifest('x', beside(putAttestation(sbom, 'https://spdx.dev/Document')), 'v2');
    expect(expectKnown(await ask('v2'))).toBeNull();
    expect(registry.seen.some(({ path }) => path.endsWith(sbom.digest))).toBe(false);
  });

  it('is read by the referrers API', async () => {
    const attestation = putAttestation(statementOf(image.manifest.digest));
    const artifactType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    referrers(image.manifest.digest, indexOf([[attestation, { artifactType }]]));
    expect(expectKnown(await ask())?.builder).toBe('https://ci.corp.io/1');
  });

  it('may refer to the index that holds the image', async () => {
    const index = indexOf([[image.manifest, { platform }]]);
    registry.putManifest('x', index, 'v2');
    referrers(index.digest, indexOf([[putAttestation(statementOf(index.digest)), {}]]));
    expect(expectKnown(await ask('v2'))?.builder).toBe('https://ci.corp.io/1');
  });

  it('is not looked for among signatures', async () => {
    const signature = stored(Buffer.from('{}'), 'application/vnd.oci.image.manifest.v1+json');
    const artifactType = 'application/vnd.dev.cosign.artifact.sig.v1+json';
    referrers(image.manifest.digest, indexOf([[signature, { artifactType }]]));
    expect(expectKnown(await ask())).toBeNull();
  });

  it.each([404, 405, 400, 501])('is read by the tag scheme where the API answers %i', async (status) => {
    const attestation = putAttestation(statementOf(image.manifest.digest));
    registry.putManifest('x', indexOf([[attestation, {}]]), image.manifest.digest.replace(':', '-'));
    registry.intercept = (_request, response, path) => {
      if (!path.includes('/referrers/')) return false;
      response.writeHead(status).end('<html>');
      return true;
    };
    expect(expectKnown(await ask())?.builder).toBe('https://ci.corp.io/1');
  });

  it('is read from cosign’s tag, in its envelope', async () => {
    const payload = statementOf(image.manifest.digest).bytes.toString('base64');
    const envelope = stored(Buffer.from(JSON.stringify({ payload })), 'application/vnd.dsse.envelope.v1+json');
    registry.putBlob(envelope);
    const annotations = { predicateType: V1 };
    const manifest = manifestOf({
      config: describeBlob(envelope),
      layers: [{ ...describeBlob(envelope), annotations }],
    });
    registry.putManifest('x', manifest, `${image.manifest.digest.replace(':', '-')}.att`);
    expect(expectKnown(await ask())?.builder).toBe('https://ci.corp.io/1');
  });

  it('is null where there is none', async () => {
    expect(expectKnown(await ask())).toBeNull();
  });

  it('is not believed when its bytes are others than its digest', async () => {
    const attestation = putAttestation(statementOf(image.manifest.digest), V1);
    registry.putManifest('x', beside(attestation), 'v2');
    const statement = statementOf(image.manifest.digest);
    registry.putBlob({ ...statementOf(image.manifest.digest, 'https://evil'), digest: statement.digest });
    expect(expectFailure(await ask('v2')).code).toBe('invalid');
  });

  it('is null when the attestation that the index names is lost', async () => {
    registry.putManifest('x', beside(attestationOf(statementOf(image.manifest.digest), V1)), 'v2');
    expect(expectKnown(await ask('v2'))).toBeNull();
  });

  it('is not looked for of what is no digest', async () => {
    expect(expectFailure(await ask('v1', '../../secret')).code).toBe('invalid');
    expect(registry.seen).toEqual([]);
  });

  it('is looked for in a bounded number of attestations', async () => {
    const many = Array.from({ length: 40 }, (_, at) =>
      putAttestation(statementOf(`sha256:${'0'.repeat(64)}`, `b${at}`)),
    );
    referrers(image.manifest.digest, indexOf(many.map((attestation) => [attestation, {}])));
    expect(expectKnown(await ask())).toBeNull();
    expect(registry.seen.length).toBeLessThan(40);
  });
});

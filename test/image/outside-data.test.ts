import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAttestations } from '../../src/image/attestation.ts';
import { parseImageConfig } from '../../src/image/config.ts';
import { loginsOfPullSecret } from '../../src/image/docker-login.ts';
import { parseManifest } from '../../src/image/manifest.ts';
import { parseProvenance } from '../../src/image/provenance.ts';
import { parseReference } from '../../src/image/reference.ts';
import { fittingLogins } from '../../src/image/registry-login.ts';
import { readSourceLocation } from '../../src/image/source-location.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const FIELDS = [
  ...[
    'manifests',
    'config',
    'layers',
    'annotations',
    'mediaType',
    'artifactType',
    'platform',
    'digest',
    'size',
    'history',
  ],
  ...['created_by', 'Labels', 'Env', 'Entrypoint', 'auths', 'auth', 'username', 'password', 'payload', 'dsseEnvelope'],
  ...[
    'subject',
    'predicate',
    'predicateType',
    'invocation',
    'environment',
    'configSource',
    'materials',
    'metadata',
    'uri',
  ],
  ...[
    'buildDefinition',
    'runDetails',
    'externalParameters',
    'internalParameters',
    'resolvedDependencies',
    'builder',
    'id',
  ],
];
/** Documents with the fields that are read, and anything in them. */
const documents = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      true,
      -1,
      1e300,
      '',
      DIGEST,
      'https://slsa.dev/provenance/v1',
      '\u0000',
      'eyJhIjoxfQ==',
    ),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 6 }),
  ),
})).value;

describe('documents from outside', () => {
  it('never make a parser throw', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const text = JSON.stringify(document);
        parseManifest(text, null);
        parseImageConfig(text);
        parseAttestations(text);
        parseProvenance(text, [DIGEST]);
        loginsOfPullSecret('kubernetes.io/dockercfg', new TextEncoder().encode(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('that are provenance of this image never make the parser throw', () => {
    fc.assert(
      fc.property(documents, fc.constantFrom('v0.2', 'v1'), (predicate, version) => {
        const subject = [{ digest: { sha256: 'a'.repeat(64) } }];
        const predicateType = `https://slsa.dev/provenance/${version}`;
        parseProvenance(JSON.stringify({ subject, predicateType, predicate }), [DIGEST]);
      }),
      { numRuns: 2000 },
    );
  });

  it('that are references are refused or come back as what they mean', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const result = parseReference(text);
        expect(result.kind === 'invalid' || result.reference.written === text.trim()).toBe(true);
      }),
    );
  });
});

/** Each of these would take minutes where a pattern takes time by the square of its length. */
describe('long runs of one character', () => {
  const long = (character: string) => character.repeat(500_000);

  it.each(['/', ':', '@', '*', '.', ' ', '?', '#'])('%j in the scope of a login', (character) => {
    const credentials = { kind: 'registry-token', token: 't' } as const;
    const scope = `registry.corp.io${long(character)}x`;
    expect(fittingLogins([{ scope, credentials }], 'registry.corp.io', 'x')).toEqual([]);
  });

  it.each(['/', ':', '@', '.', ' ', '?', '#', '\n'])('%j in the address of sources', (character) => {
    expect(readSourceLocation(`a${long(character)}b`, null)).toBeNull();
    expect(readSourceLocation(`a${character.repeat(8000)}b`, null)?.repository?.length).toBeLessThanOrEqual(512);
  });

  it.each(['\u0000', ':', ' '])('%j in a password', (character) => {
    const auth = Buffer.from(`a:${long(character)}b`).toString('base64');
    const secret = new TextEncoder().encode(JSON.stringify({ x: { auth } }));
    expect(loginsOfPullSecret('kubernetes.io/dockercfg', secret)).toHaveLength(1);
  });

  it.each([' ', '\t', '#', '|', '('])('%j in a step of a history', (character) => {
    const commands = ['COPY', '/bin/sh -c #(nop)', '|1'].map((start) => `${start}${character.repeat(65_000)}x`);
    const history = commands.map((created_by) => ({ created_by }));
    expect(parseImageConfig(JSON.stringify({ history }))?.history).toHaveLength(3);
  });
});

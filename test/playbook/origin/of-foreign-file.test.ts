import { describe, expect, it } from 'vitest';
import type { FaultCode } from '../../../src/kernel/outcome.ts';
import { failed, known } from '../../../src/playbook/answer.ts';
import type { BuildEvidence } from '../../../src/playbook/build-evidence.ts';
import { findOrigin } from '../../../src/playbook/origin/find-origin.ts';
import { readBuildLog } from '../../../src/playbook/read-build-log.ts';
import { AMD64, configFor, incident } from '../incident.ts';
import { accepted, missing } from '../sample-evidence.ts';

type Rest = Parameters<typeof incident>[0];
const origin = (rest: Rest, culprit: string | null = '/app/render', fault: FaultCode = 'wrong-arch-binary') =>
  findOrigin(incident({ candidates: known([]), ...rest }), fault, culprit);

const logged = (...log: string[]) =>
  known({ log: known(readBuildLog(log.join('\n'), (text) => text)) } as BuildEvidence);
const copied = (...steps: string[]) =>
  configFor(AMD64, { history: steps.map((step) => ({ created_by: `COPY file:x in ${step} # buildkit` })) });
const shared = { shared: known({ layer: 'sha256:abc', platforms: ['linux/amd64', 'linux/arm64'] }) };

describe('a foreign file in an image that fits', () => {
  const cached = (option: string) => `$ docker buildx build ${option} .`;
  it('came out of a cache that does not tell architectures apart', () => {
    const command = 'docker buildx build --cache-from type=registry,ref=r/cache .';
    expect(origin({ build: logged(`$ ${command}`) })).toEqual({
      kind: 'cache-without-arch',
      confidence: 'likely',
      because: `the build used a cache that does not tell architectures apart (“${command}”), and /app/render is of another one than the image`,
    });
    expect(origin({ build: logged(`$ ${command}`) }, null)?.because).toContain('and the file is of another one');
  });

  it.each(['--cache-to x', '--set a=type=gha', '--cache-repo x', '--cache=true', '--x type=s3', '--x type=local'])(
    'came out of a cache by %s',
    (option) => expect(origin({ build: logged(cached(option)) })).toMatchObject({ kind: 'cache-without-arch' }),
  );

  it.each(['amd64', 'arm64', 'x86', 'aarch64', '$TARGETARCH', '$TARGETPLATFORM', '{{ runner.arch }}'])(
    'did not come out of a cache that is named for %s',
    (name) => expect(origin({ build: logged(cached(`--cache-from r/cache-${name}`)) })).toBeNull(),
  );

  it('was copied into several platforms when they share its layer', () => {
    expect(origin(shared)).toEqual({
      kind: 'stage-copied-wrong-file',
      confidence: 'likely',
      because:
        'the layer sha256:abc with /app/render is the same in linux/amd64 and linux/arm64: it was built once and copied into each',
    });
    expect(origin(shared, null)?.because).toContain('with the file is the same');
  });

  it.each<[string, string[]]>([
    ['to its own name', ['/app/render']],
    ['to its folder', ['/app']],
    ['to its folder, with a slash', ['/app/']],
    ['last of several', ['/opt', '/app/render', '/opt']],
  ])('was brought in by the step that copied %s', (_what, steps) => {
    const found = origin(copied(...steps));
    expect(found).toMatchObject({ kind: 'stage-copied-wrong-file', confidence: 'likely' });
    expect(found?.because).toMatch(
      /^the image fits the host, and COPY to \/app\S* brought in a file that does not: a stage, a download or an artifact of another architecture$/,
    );
  });

  it('was brought in by the last step that covers it', () => {
    expect(origin(copied('/app', '/app/render', '/lib'))?.because).toContain('COPY to /app/render brought');
  });

  it.each<[string, Rest, string | null]>([
    ['was copied elsewhere', copied('/opt', '/app/render2', '/ap'), '/app/render'],
    ['has no name', copied('/app'), null],
    ['is of an image without history', { imageConfig: missing }, '/app/render'],
    ['has a build without a log', { build: known({ log: missing } as unknown as BuildEvidence) }, '/app/render'],
    ['has a build that cannot be asked', { build: failed('timeout', 'ci', 'slow') }, '/app/render'],
    ['has layers that cannot be compared', { shared: missing }, '/app/render'],
  ])('has no origin that could be told when it %s', (_what, rest, culprit) => expect(origin(rest, culprit)).toBeNull());

  it.each(['interpreter-wrong-arch', 'loader-wrong-arch'] as const)('is told of %s too', (fault) => {
    expect(origin(shared, '/bin/sh', fault)).toMatchObject({ kind: 'stage-copied-wrong-file' });
  });
});

const V4 = `sha256:${'4'.repeat(64)}`;
const renewed = (set: object = {}, entries: string[] = []): Rest => ({
  published: known({
    reference: 'r:v3',
    digest: V4,
    mediaType: 'm',
    kind: 'index',
    entries: entries.map((digest) => ({ platform: AMD64, digest })),
  }),
  candidates: known([
    {
      image: `r@${V4}`,
      digest: V4,
      knownAs: 'v3',
      wasHere: false,
      hadTag: false,
      ran: null,
      kind: 'index',
      platform: 'linux/amd64',
      outcome: accepted,
      unusableBecause: null,
      ...set,
    },
  ]),
});
const V3 = `sha256:${'3'.repeat(64)}`;

describe('a spoilt file whose tag has been mended', () => {
  it.each<FaultCode>(['script-crlf', 'empty-file', 'wrong-arch-binary'])('is of a stale image: %s', (fault) => {
    expect(origin(renewed(), '/app/render', fault)).toEqual({
      kind: 'stale-local-image',
      confidence: 'likely',
      because: `the tag points to ${V4} now, which would start here; the host still has ${V3}`,
    });
  });

  it.each<[string, Rest]>([
    ['it is not proved to start', renewed({ unusableBecause: 'would not start' })],
    ['nobody tried it', renewed({ digest: 'sha256:other' })],
    ['nobody could look at it', { ...renewed(), candidates: missing }],
    ['it is an index of the very image that lies here', renewed({}, [V3])],
    ['the registry is away', { ...renewed(), published: missing }],
    ['what lies here is gone', { ...renewed(), localImage: missing }],
  ])('is not told to be when %s', (_what, rest) => expect(origin(rest, '/app/render', 'script-crlf')).toBeNull());

  it('is not looked for where the image is not to blame', () => {
    expect(origin(renewed(), '/app/render', 'noexec-mount')).toBeNull();
    expect(origin(renewed(), '/app/render', 'not-exec-format')).toBeNull();
  });
});

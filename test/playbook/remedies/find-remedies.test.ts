import { describe, expect, it } from 'vitest';
import { FAULTS, type FaultCode } from '../../../src/kernel/outcome.ts';
import { known } from '../../../src/playbook/answer.ts';
import type { InstanceEvidence, RollbackCandidate } from '../../../src/playbook/instance-evidence.ts';
import { findRemedies } from '../../../src/playbook/remedies/find-remedies.ts';
import { type OriginCode, type Remedy, UNKNOWN_ORIGIN, type Verdict } from '../../../src/playbook/verdict.ts';
import { AMD64, ARM64, imageFor, incident, mounted, refused } from '../incident.ts';
import { accepted, missing, sampleCandidate } from '../sample-evidence.ts';

type Rest = Parameters<typeof incident>[0];
const verdictOf = (fault: FaultCode | null, origin: OriginCode = 'unknown', culprit: string | null = '/app/render') =>
  ({
    outcome: 'will-not-run',
    fault,
    culprit,
    errno: null,
    confidence: 'proved',
    origin: { ...UNKNOWN_ORIGIN, kind: origin },
    summary: '',
  }) as const satisfies Verdict;
const ways = (fault: FaultCode | null, rest: Rest = {}, origin: OriginCode = 'unknown', culprit?: string | null) =>
  findRemedies(incident(rest), verdictOf(fault, origin, culprit));
const kinds = (remedies: readonly Remedy[], ...fits: Remedy['fit'][]) =>
  [...new Set(remedies.filter(({ fit }) => fits.includes(fit)).map(({ kind }) => kind))].join(' ');

const foreign = imageFor(ARM64);
const index = (...platforms: (typeof AMD64)[]): Pick<InstanceEvidence, 'published'> => ({
  published: known({
    reference: 'r:v3',
    digest: `sha256:${'4'.repeat(64)}`,
    mediaType: 'm',
    kind: 'index',
    entries: platforms.map((platform, at) => ({ platform, digest: `sha256:${at}` })),
  }),
});

describe('the ways out of a fault, in their order, and those that would not help', () => {
  const FILE = ['fix-file rollback-to-digest', 'rebuild pull-platform'];
  const OUTSIDE = ['fix-file', 'rollback-to-digest rebuild'];
  const CONTENTS = ['rebuild rollback-to-digest enable-emulation', 'pull-platform repull'];
  const LIMIT = ['schedule-to-arch fix-file', 'rollback-to-digest pull-platform'];
  const PLATFORM = 'rebuild rollback-to-digest schedule-to-arch enable-emulation';
  const EXPECTED: Readonly<Record<FaultCode, readonly string[]>> = {
    none: ['', ''],
    'not-exec-format': ['', ''],
    'wrong-platform-image': [PLATFORM, 'pull-platform repull'],
    'platform-missing-from-index': [PLATFORM, 'pull-platform repull'],
    'os-mismatch': ['rebuild rollback-to-digest schedule-to-arch', 'enable-emulation'],
    'wrong-arch-binary': CONTENTS,
    'interpreter-wrong-arch': CONTENTS,
    'loader-wrong-arch': CONTENTS,
    'wrong-metadata': ['fix-file', 'rollback-to-digest pull-platform'],
    'cpu-level': LIMIT,
    'page-size': LIMIT,
    'script-crlf': FILE,
    'script-no-shebang': FILE,
    'script-too-nested': FILE,
    'interpreter-missing': FILE,
    'loader-missing': FILE,
    'library-missing': FILE,
    'symbol-version-missing': FILE,
    'empty-file': FILE,
    'truncated-binary': FILE,
    'foreign-format': FILE,
    'not-executable': FILE,
    'entrypoint-not-found': FILE,
    'entrypoint-is-directory': FILE,
    'noexec-mount': OUTSIDE,
    'shadowed-by-mount': OUTSIDE,
    'emulation-missing': ['enable-emulation rebuild', 'rollback-to-digest'],
    'emulation-broken': ['rebuild enable-emulation', 'rollback-to-digest'],
    'node-corruption': ['repull replace-node', 'rollback-to-digest rebuild'],
    'security-policy': OUTSIDE,
  };

  it.each(FAULTS)('%s', (fault) => {
    const remedies = ways(fault, foreign);
    expect([kinds(remedies, 'fixes', 'mitigates'), kinds(remedies, 'useless')]).toEqual(EXPECTED[fault]);
    for (const { because, where } of remedies) {
      expect(because).toMatch(/\S/);
      expect(where).toEqual({ kind: 'docker', host: 'render-01', container: 'pdf-renderer' });
    }
  });

  it('are none while nobody knows the fault', () => expect(ways(null)).toEqual([]));

  it.each<[OriginCode, string, string]>([
    ['stale-local-image', 'repull rollback-to-digest', 'fix-file rebuild pull-platform'],
    ['mirror-dropped-platforms', 'repull rollback-to-digest', 'fix-file rebuild pull-platform'],
    ['platform-forced', 'rollback-to-digest', 'pull-platform fix-file rebuild'],
    ['tag-overwritten', 'fix-file rollback-to-digest', 'rebuild pull-platform'],
  ])('begin with what brings the right image, where it is published already: %s', (origin, helps, useless) => {
    const remedies = ways('script-crlf', foreign, origin);
    expect([kinds(remedies, 'fixes', 'mitigates'), kinds(remedies, 'useless')]).toEqual([helps, useless]);
  });
});

const only = (kind: Remedy['kind'], remedies: readonly Remedy[]) => remedies.filter((one) => one.kind === kind);

describe('pulling the platform', () => {
  const pull = (rest: Rest) => only('pull-platform', ways('wrong-platform-image', { ...foreign, ...rest }));
  const offered = (outcome: typeof accepted | null, platform = AMD64) => ({ offered: known({ platform, outcome }) });

  it('fixes it, by the digest that is proved to start', () => {
    expect(pull({ ...index(AMD64, ARM64), ...offered(accepted) })).toEqual([
      {
        kind: 'pull-platform',
        fit: 'fixes',
        because: 'The tag has linux/amd64: pull it explicitly and create the container again.',
        platform: 'linux/amd64',
        digest: `sha256:${'4'.repeat(64)}`,
        image: `registry.corp.io/pdf-renderer@sha256:${'4'.repeat(64)}`,
        where: incident({}).place,
      },
    ]);
  });

  it.each<[string, Rest]>([
    ['nobody tried it', { ...index(AMD64) }],
    ['its files could not be read', { ...index(AMD64), ...offered(null) }],
    [
      'something in it is suspect',
      { ...index(AMD64), ...offered({ ...accepted, suspicion: { fault: 'cpu-level', culprit: 'x', because: 'y' } }) },
    ],
  ])('fixes it, by no digest while %s', (_what, rest) => {
    const [remedy] = pull(rest);
    expect(remedy).toMatchObject({ fit: 'fixes', platform: 'linux/amd64' });
    expect(remedy).not.toHaveProperty('digest');
  });

  it('is useless when the tag has none', () => {
    expect(pull(index(ARM64))).toMatchObject([
      { fit: 'useless', because: 'The tag has no linux/amd64: there is nothing to pull.' },
    ]);
  });

  it('is useless when the tag’s own would not start either', () => {
    expect(pull({ ...index(AMD64), ...offered(refused('ENOEXEC', 'empty-file')) })).toMatchObject([
      { fit: 'useless', because: 'The tag’s image for linux/amd64 would not start either: /app/render is refused.' },
    ]);
  });

  it('is not spoken of while nobody knows what the tag has, or the host wants', () => {
    expect(pull({ published: missing })).toEqual([]);
    expect(pull({ host: missing })).toEqual([]);
  });
});

describe('emulation', () => {
  const emulated = (outcome: typeof accepted) => ({
    alternatives: [
      { assumption: 'emulator-without-f' as const, words: '', outcome: refused('ENOENT', 'emulation-broken') },
      { assumption: 'emulator-with-f' as const, words: '', outcome },
    ],
  });
  const emulate = (rest: Rest) => only('enable-emulation', ways('wrong-platform-image', { ...foreign, ...rest }));
  it.each<[string, Rest]>([
    ['the program would run under it', { execution: emulated(accepted) }],
    ['nobody tried', {}],
  ])('mitigates it when %s', (_what, rest) => {
    expect(emulate(rest)).toMatchObject([
      {
        fit: 'mitigates',
        platform: 'linux/amd64',
        because:
          'Last resort: QEMU through binfmt_misc on the host, registered with flag F; slow, and it hides the wrong image.',
      },
    ]);
  });

  it('is useless when the program’s own loader is not in the image', () => {
    expect(emulate({ execution: emulated(refused('ENOENT', 'emulation-broken')) })).toMatchObject([
      {
        fit: 'useless',
        platform: 'linux/amd64',
        because: 'An emulator could not load it either: the program’s own loader is not in the image.',
      },
    ]);
  });

  it('mitigates it while its files cannot be read', () => {
    const evidence = { ...incident(foreign), execution: missing };
    const found = findRemedies(evidence, verdictOf('wrong-platform-image'));
    expect(only('enable-emulation', found)).toMatchObject([{ fit: 'mitigates' }]);
  });
});

describe('another host', () => {
  it('is an emergency for a foreign image, and the fix for a host that is too old', () => {
    const help = (fault: FaultCode) => only('schedule-to-arch', ways(fault))[0]?.fit;
    expect(help('wrong-platform-image')).toBe('mitigates');
    expect(help('cpu-level')).toBe('fixes');
    expect(help('page-size')).toBe('fixes');
  });

  it('of a cluster is chosen from its pool, or not spoken of while that is unknown', () => {
    const place = {
      kind: 'kubernetes',
      cluster: 'c',
      namespace: 'n',
      workload: 'w',
      pod: 'p',
      container: 'x',
      node: 'n1',
    };
    const on = (pool: InstanceEvidence['pool']) =>
      only('schedule-to-arch', ways('wrong-platform-image', { place: place as InstanceEvidence['place'], pool }));
    expect(on(null)).toEqual([]);
    const row = { platform: 'linux/arm64', nodes: ['a'], count: 1, outcome: known(accepted) };
    expect(on(known({ total: 1, rows: [row] }))).toMatchObject([{ fit: 'mitigates', platform: 'linux/arm64' }]);
  });
});

describe('a file that a mount brings', () => {
  const mounts = { facts: { mounts: [mounted('bind', '/app')] } };
  it('is not mended by another image', () => {
    const remedies = ways('script-crlf', mounts);
    expect([kinds(remedies, 'fixes'), kinds(remedies, 'useless')]).toEqual(['fix-file', 'rollback-to-digest rebuild']);
    expect(remedies[0]?.because).toBe(
      '"/app/render" comes from the mount at /app, not from the image: correct it there.',
    );
  });

  it.each<[string, readonly Remedy[]]>([
    ['lies elsewhere', ways('script-crlf', { facts: { mounts: [mounted('bind', '/data')] } })],
    ['has no name', ways('script-crlf', mounts, 'unknown', null)],
    [
      'is of a container nobody knows',
      findRemedies({ ...incident(mounts), instance: missing }, verdictOf('script-crlf')),
    ],
  ])('is the image’s when it %s', (_what, remedies) =>
    expect(kinds(remedies, 'useless')).toBe('rebuild pull-platform'),
  );

  it('is no matter where the architecture is wrong', () => {
    expect(kinds(ways('wrong-arch-binary', mounts), 'useless')).toBe('pull-platform repull');
  });
});

describe('a rollback', () => {
  const candidate = (name: string, set: Partial<RollbackCandidate> = {}) =>
    sampleCandidate({ image: `r@${name}`, digest: `sha256:${name.repeat(64)}`, knownAs: name, wasHere: false, ...set });
  const back = (...candidates: RollbackCandidate[]) =>
    only('rollback-to-digest', ways('script-crlf', { candidates: known(candidates) }));
  const bad = { unusableBecause: 'would not start' };

  it('goes to at most three digests, each proved to start', () => {
    const found = back(candidate('a', bad), ...['b', 'c', 'd', 'e'].map((name) => candidate(name)));
    expect(found.map(({ knownAs, fit }) => [knownAs, fit])).toEqual([
      ['b', 'fixes'],
      ['c', 'fixes'],
      ['d', 'fixes'],
    ]);
  });

  it('tells what it goes to', () => {
    expect(back(candidate('b', { wasHere: true }))).toMatchObject([
      {
        because:
          'In an emergency: b was pulled to this host before and is proved to start here. The kernel executes it.',
        digest: `sha256:${'b'.repeat(64)}`,
        image: 'r@b',
        platform: 'linux/amd64',
        knownAs: 'b',
      },
    ]);
    const [nameless] = back(candidate('b', { knownAs: null, platform: null, outcome: null }));
    expect(nameless?.because).toBe('In an emergency: sha256:bbbbbbbbbbbb is proved to start here.');
    expect(nameless).not.toHaveProperty('knownAs');
    expect(nameless).not.toHaveProperty('platform');
  });

  it('is useless when nothing is proved', () => {
    const said = (...candidates: RollbackCandidate[]) => back(...candidates)[0]?.because;
    expect(said()).toBe('No earlier digest is known, on this host or in the registry.');
    expect(said(candidate('a', bad), candidate('b', bad))).toBe(
      'No earlier digest is proved to start on this host: 2 looked at, none would do.',
    );
  });

  it('is not spoken of while nobody knows the earlier ones', () => {
    expect(only('rollback-to-digest', ways('script-crlf', { candidates: missing }))).toEqual([]);
  });
});

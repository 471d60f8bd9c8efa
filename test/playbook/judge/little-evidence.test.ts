import { describe, expect, it } from 'vitest';
import { failed } from '../../../src/playbook/answer.ts';
import { judge, worstVerdict } from '../../../src/playbook/judge/judge.ts';
import { UNKNOWN_ORIGIN, type Verdict } from '../../../src/playbook/verdict.ts';
import { expectVerdict, fails, type Row, reported, saying } from '../expect-verdict.ts';
import { ARM64, imageFor, incident, refused, suspect } from '../incident.ts';
import { missing } from '../sample-evidence.ts';

const unread = failed('denied', 'registry.corp.io', 'It asks for a login.');
const inconclusive = { outcome: 'inconclusive', fault: null, confidence: 'possible', origin: UNKNOWN_ORIGIN } as const;
const never = { status: 'created', exitCode: null, startedAt: null };

describe('a container whose files cannot be read', () => {
  const foreign = { ...imageFor(ARM64), execution: unread };
  it.each<Row>([
    [
      'is of the wrong platform when its image says so and the runtime reports ENOEXEC',
      { ...incident({ log: reported('exec format error') }), ...foreign },
      {
        outcome: 'will-not-run',
        fault: 'wrong-platform-image',
        culprit: '/app/render',
        errno: 'ENOEXEC',
        confidence: 'likely',
        origin: expect.objectContaining({ kind: 'built-on-other-arch' }) as unknown as Verdict['origin'],
        summary: fails('its image is for linux/arm64, the host is linux/amd64; the file itself could not be read.'),
      },
    ],
    [
      'is so whether or not somebody can tell how that came about',
      { ...incident({ log: reported('exec format error') }), ...foreign, published: missing },
      { fault: 'wrong-platform-image', origin: UNKNOWN_ORIGIN },
    ],
    [
      'is told by the runtime’s word alone when that is another errno: metadata never proves',
      { ...incident({ log: reported('no such file or directory') }), ...foreign },
      {
        ...inconclusive,
        culprit: '/app/render',
        errno: 'ENOENT',
        summary:
          'pdf-renderer on render-01 does not run, and its files could not be read: It asks for a login. The runtime reports ENOENT.',
      },
    ],
    [
      'is told by nothing when the log is silent',
      { ...incident({}), ...foreign },
      {
        ...inconclusive,
        errno: null,
        summary: 'pdf-renderer on render-01 does not run, and its files could not be read: It asks for a login.',
      },
    ],
    [
      'is not judged by an image that fits: something in it is wrong, and nobody knows what',
      { ...incident({ log: reported('exec format error') }), execution: unread },
      { ...inconclusive, errno: 'ENOEXEC' },
    ],
    [
      'is not judged by its image while nobody knows the host',
      { ...incident({ log: reported('exec format error'), host: missing }), ...foreign },
      { ...inconclusive, errno: 'ENOEXEC' },
    ],
    [
      'is no exec format error when the engine itself refuses to start it',
      { ...incident({ state: { ...never, error: 'no such device: /dev/dri' } }), execution: unread },
      { outcome: 'will-not-run', fault: 'not-exec-format', confidence: 'likely', summary: saying('/dev/dri') },
    ],
    [
      'has no known program when its command stands in an image that cannot be read',
      {
        ...incident({ facts: { argv: [], argvUnknown: { code: 'denied', target: 'r', message: 'denied' } } }),
        execution: unread,
      },
      { ...inconclusive, culprit: null },
    ],
  ])('%s', expectVerdict);
});

describe('a container', () => {
  it.each<Row>([
    [
      'that cannot be inspected is told with the reason',
      { ...incident({}), instance: missing },
      { ...inconclusive, summary: 'pdf-renderer on render-01 could not be inspected: it does not answer' },
    ],
    [
      'with neither entrypoint nor command has nothing to execute',
      incident({ facts: { argv: [] } }),
      {
        outcome: 'will-not-run',
        fault: 'entrypoint-not-found',
        confidence: 'likely',
        summary: 'pdf-renderer on render-01 has neither an entrypoint nor a command: there is nothing to execute.',
      },
    ],
    [
      'that nobody has started yet would run, when the kernel would execute its files',
      incident({ state: never }),
      {
        outcome: 'runs',
        fault: 'none',
        culprit: null,
        errno: null,
        confidence: 'likely',
        summary: 'pdf-renderer on render-01 was never started; the kernel would execute its files.',
      },
    ],
    [
      'that nobody has started yet would not run, when the kernel would refuse them',
      incident({ state: never, outcome: refused('ENOEXEC', 'empty-file') }),
      { outcome: 'will-not-run', fault: 'empty-file', confidence: 'likely' },
    ],
    [
      'that nobody has started yet would stumble over its CRLF',
      incident({ state: never, outcome: suspect('script-crlf') }),
      { outcome: 'will-not-run', fault: 'script-crlf' },
    ],
    [
      'of which nothing is known but that it does not run',
      incident({ state: { status: 'paused', exitCode: null } }),
      {
        ...inconclusive,
        errno: null,
        summary: 'pdf-renderer on render-01 does not run, nothing says why, and the kernel would execute its files.',
      },
    ],
    [
      'that the runtime refuses, although its files are whole now',
      incident({ log: reported('exec format error') }),
      {
        ...inconclusive,
        errno: 'ENOEXEC',
        summary: fails(
          'the runtime reports ENOEXEC, but the files as they are now would be executed; a mount, a policy or an earlier image may be the reason.',
        ),
      },
    ],
  ])('%s', expectVerdict);
});

describe('a container that runs', () => {
  const running = { status: 'running', exitCode: 0 };
  const well = { outcome: 'runs', confidence: 'proved', culprit: null, errno: null } as const;
  it.each<Row>([
    ['is well', incident({ state: running }), { ...well, fault: 'none', summary: 'pdf-renderer on render-01 runs.' }],
    [
      'is well in an image whose metadata is wrong, which is said',
      incident({ state: running, ...imageFor(ARM64) }),
      {
        ...well,
        fault: 'wrong-metadata',
        summary:
          'pdf-renderer on render-01 runs. Its metadata says linux/arm64, which is wrong but does no harm here: the files fit the host.',
      },
    ],
    [
      'under an emulator nobody knows of is well: its files do not fit, so its metadata is right',
      incident({ state: running, ...imageFor(ARM64), outcome: refused('ENOEXEC', 'wrong-arch-binary') }),
      { ...well, fault: 'none', summary: 'pdf-renderer on render-01 runs.' },
    ],
    [
      'is well, whatever cannot be read',
      { ...incident({ state: running, ...imageFor(ARM64) }), execution: unread, log: missing },
      { ...well, fault: 'none' },
    ],
  ])('%s', expectVerdict);
});

describe('the verdict of a run', () => {
  const one = (outcome: Verdict['outcome'], summary: string): Verdict => ({
    ...judge(incident({})),
    outcome,
    summary,
  });
  it('is that of the first of the worst instances', () => {
    const all = [one('runs', 'a'), one('will-not-run', 'b'), one('inconclusive', 'c'), one('will-not-run', 'd')];
    expect(worstVerdict(all)?.summary).toBe('b');
    expect(worstVerdict(all.toReversed())?.summary).toBe('d');
    expect(worstVerdict([one('runs', 'a'), one('runs', 'b')])?.summary).toBe('a');
  });
});

describe('a log that cannot be read', () => {
  it('takes nothing away from what the engine’s state tells', () => {
    const error = 'exec: "/app/render": stat /app/render: no such file or directory: unknown';
    const evidence = incident({ state: { ...never, error }, outcome: refused('ENOENT', 'entrypoint-not-found') });
    expect(judge({ ...evidence, log: missing })).toMatchObject({ fault: 'entrypoint-not-found', confidence: 'proved' });
  });
});

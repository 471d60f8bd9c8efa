import { describe, it } from 'vitest';
import { expectVerdict, fails, other, type Row } from '../expect-verdict.ts';
import { dies, incident, refused, suspect } from '../incident.ts';
import { accepted } from '../sample-evidence.ts';

const foreign = refused('ENOEXEC', 'wrong-arch-binary');

describe('a program that runs, and was suspected before', () => {
  it.each<Row>([
    ...[132, 135, 139].map(
      (exitCode): Row => [
        `died of it with status ${exitCode}`,
        incident({ state: { exitCode }, outcome: suspect('cpu-level') }),
        {
          fault: 'cpu-level',
          culprit: '/app/render',
          errno: null,
          confidence: 'likely',
          summary: fails('/app/render is suspect.'),
        },
      ],
    ),
    [
      'may have ended of something else: it was not ended by a crash',
      incident({ state: { exitCode: 1 }, outcome: suspect('cpu-level') }),
      { fault: 'not-exec-format' },
    ],
    [
      'ended of its CRLF with any status: a shell stumbles over it in many ways',
      incident({ state: { exitCode: 2 }, outcome: suspect('script-crlf', '/entrypoint.sh') }),
      { fault: 'script-crlf', culprit: '/entrypoint.sh', confidence: 'likely' },
    ],
    [
      'is not told to have crashed while it is between two restarts',
      incident({
        state: { status: 'running', exitCode: 139, restartCount: 3, startedAt: '2026-11-21T08:59:59.900Z' },
        outcome: suspect('cpu-level'),
      }),
      { outcome: 'inconclusive', fault: null },
    ],
    [
      'and nothing is wrong with: a crash is its own',
      incident({ state: { exitCode: 139 } }),
      {
        fault: 'not-exec-format',
        summary: other(
          'the kernel executes its files; its program was ended by SIGSEGV, an invalid memory access (exit status 139).',
        ),
      },
    ],
  ])('%s', expectVerdict);
});

describe('what a shell or script executes once it runs', () => {
  const inside = (exitCode: number, outcome = foreign, state = {}) =>
    incident({
      facts: { argv: ['/bin/sh', '-c', '/app/render'] },
      state: { exitCode, ...state },
      execution: { inner: { by: '/bin/sh', outcome } },
    });
  it.each<Row>([
    ...[1, 2, 126, 127].map(
      (exitCode): Row => [
        `was refused, when the shell ends with ${exitCode}`,
        inside(exitCode),
        {
          fault: 'wrong-arch-binary',
          culprit: '/app/render',
          errno: null,
          confidence: 'likely',
          summary: fails('/bin/sh runs, and executes /app/render: /app/render is refused.'),
        },
      ],
    ),
    ['was not what ended it with a status of no shell', inside(3), { fault: 'not-exec-format' }],
    ['was not what ended it well', inside(0), { fault: 'not-exec-format' }],
    [
      'was an empty file, which a shell executes well',
      inside(0, refused('ENOEXEC', 'empty-file')),
      { fault: 'empty-file' },
    ],
    ['crashed as predicted', inside(139, dies('signal', 139, 'truncated-binary')), { fault: 'truncated-binary' }],
    ['did not crash as predicted', inside(1, dies('signal', 139, 'truncated-binary')), { fault: 'not-exec-format' }],
    ['runs', inside(1, accepted), { fault: 'not-exec-format' }],
    [
      'has no name for the sentence',
      inside(1, { ...foreign, culprit: null }),
      { summary: fails('/bin/sh runs, and executes its program: /app/render is refused.') },
    ],
    [
      'is nothing to tell of while it is between two restarts',
      inside(1, foreign, { status: 'running', restartCount: 3, startedAt: '2026-11-21T08:59:59.900Z' }),
      { outcome: 'inconclusive', fault: null },
    ],
  ])('%s', expectVerdict);
});

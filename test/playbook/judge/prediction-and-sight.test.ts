import { describe, it } from 'vitest';
import { expectVerdict, fails, type Row, reported } from '../expect-verdict.ts';
import { dies, incident, refused } from '../incident.ts';

const noLoader = refused('ENOENT', 'loader-missing', '/lib/ld-musl-x86_64.so.1');
const foreign = refused('ENOEXEC', 'wrong-arch-binary');

describe('what was seen is proved', () => {
  it.each<Row>([
    [
      'when the files lead to the errno that the runtime reports',
      incident({ log: reported('no such file or directory'), outcome: noLoader }),
      {
        outcome: 'will-not-run',
        fault: 'loader-missing',
        culprit: '/lib/ld-musl-x86_64.so.1',
        errno: 'ENOENT',
        confidence: 'proved',
        summary: fails('/lib/ld-musl-x86_64.so.1 is refused.'),
      },
    ],
    [
      'when a cut-off program would die of the signal that it died of; no errno is named, the kernel refused nothing',
      incident({ state: { exitCode: 139 }, outcome: dies('signal', 139, 'truncated-binary') }),
      { fault: 'truncated-binary', errno: null, confidence: 'proved', summary: fails('/app/render ends with 139.') },
    ],
    [
      'when its loader would end with the status that was seen',
      incident({ state: { exitCode: 127 }, outcome: dies('loader', 127, 'library-missing', 'libx.so.1') }),
      { fault: 'library-missing', culprit: 'libx.so.1', errno: null, confidence: 'proved' },
    ],
  ])('%s', expectVerdict);
});

describe('a host that is not what its engine tells', () => {
  const emulators = (outcome = refused('ENOENT', 'emulation-broken', '/usr/bin/qemu-aarch64-static')) => ({
    alternatives: [
      { assumption: 'no-32-bit' as const, words: 'runs no 32-bit programs', outcome: foreign },
      { assumption: 'emulator-without-f' as const, words: 'has emulators without flag F', outcome },
    ],
  });

  it.each<Row>([
    [
      'has emulators without flag F where the emulator itself is not found',
      incident({ log: reported('no such file or directory'), outcome: foreign, execution: emulators() }),
      {
        fault: 'emulation-missing',
        culprit: '/usr/bin/qemu-aarch64-static',
        errno: 'ENOENT',
        confidence: 'likely',
        summary: fails(
          '/usr/bin/qemu-aarch64-static is refused. That is what is seen when the host has emulators without flag F.',
        ),
      },
    ],
    [
      'has an emulator that starts, and ends without the loader of the program: the emulator is there',
      incident({
        state: { exitCode: 255 },
        outcome: dies('signal', 139, 'truncated-binary'),
        execution: emulators(dies('loader', 255, 'emulation-broken', '/lib/ld-linux-aarch64.so.1')),
      }),
      { fault: 'emulation-broken', culprit: '/lib/ld-linux-aarch64.so.1', errno: null, confidence: 'likely' },
    ],
    [
      'runs no 32-bit programs',
      incident({
        log: reported('exec format error'),
        execution: { alternatives: [{ assumption: 'no-32-bit', words: 'runs no 32-bit programs', outcome: foreign }] },
      }),
      {
        fault: 'wrong-arch-binary',
        errno: 'ENOEXEC',
        confidence: 'likely',
        summary: fails('/app/render is refused. That is what is seen when the host runs no 32-bit programs.'),
      },
    ],
    [
      'is not looked for when nothing that was seen speaks against what its engine tells',
      incident({ outcome: foreign, execution: emulators(), log: [] }),
      { fault: 'wrong-arch-binary', confidence: 'likely', summary: fails('/app/render is refused.') },
    ],
    [
      'does not count while the files alone may lead to what was seen, however well it fits',
      incident({
        state: { exitCode: 255 },
        outcome: foreign,
        execution: emulators(dies('loader', 255, 'emulation-broken')),
      }),
      { fault: 'wrong-arch-binary', confidence: 'likely' },
    ],
    [
      'does not count when it would lead to something else again',
      incident({ log: reported('permission denied'), outcome: foreign, execution: emulators() }),
      { fault: 'wrong-arch-binary', errno: 'EACCES', confidence: 'possible' },
    ],
  ])('%s', expectVerdict);
});

describe('the program’s own last words', () => {
  const words = 'Fatal glibc error: CPU does not support x86-64-v2';
  it.each<Row>([
    [
      'say what stops it, where the kernel executes it',
      incident({ state: { exitCode: 127 }, log: [words] }),
      {
        fault: 'cpu-level',
        culprit: null,
        errno: null,
        confidence: 'likely',
        summary: fails(`The program’s own last words say it: “${words}”.`),
      },
    ],
    [
      'name the library that is missing',
      incident({
        state: { exitCode: 127 },
        log: ['/app/render: error while loading shared libraries: libx.so.1: cannot open shared object file: No such'],
      }),
      { fault: 'library-missing', culprit: 'libx.so.1' },
    ],
    [
      'are of an earlier life when the runtime refused it since',
      incident({ log: [words, ...reported('exec format error')] }),
      { outcome: 'inconclusive', fault: null, errno: 'ENOEXEC' },
    ],
    [
      'do not count against what the model proves',
      incident({ state: { exitCode: 139 }, log: [words], outcome: dies('signal', 139, 'truncated-binary') }),
      { fault: 'truncated-binary', confidence: 'proved' },
    ],
  ])('%s', expectVerdict);
});

describe('a prediction that nothing speaks against', () => {
  it.each<Row>([
    [
      'is likely: a refusal leaves 1, and the log is empty',
      incident({ outcome: foreign }),
      { fault: 'wrong-arch-binary', errno: 'ENOEXEC', confidence: 'likely', summary: fails('/app/render is refused.') },
    ],
    [
      'is only possible when the runtime reports another errno',
      incident({ log: reported('permission denied'), outcome: foreign }),
      {
        fault: 'wrong-arch-binary',
        culprit: '/app/render',
        errno: 'EACCES',
        confidence: 'possible',
        summary: fails('/app/render is refused. But the runtime reports EACCES.'),
      },
    ],
    [
      'gives way when it ended as no refused program ends',
      incident({ state: { exitCode: 3 }, outcome: foreign }),
      {
        fault: 'not-exec-format',
        culprit: null,
        errno: null,
        confidence: 'likely',
        summary:
          'pdf-renderer on render-01: /app/render is refused. But that does not lead to what is seen: its program ended by itself with exit status 3.',
      },
    ],
  ])('%s', expectVerdict);
});

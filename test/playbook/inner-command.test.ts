import { describe, expect, it } from 'vitest';
import { innerCommand } from '../../src/playbook/inner-command.ts';

describe('what a shell or script executes in the end', () => {
  it.each<[string, string[], string | null, string[] | null]>([
    ['a shell form', ['/bin/sh', '-c', 'exec /app/render --port 80'], null, ['/app/render']],
    ['a script that execs a program', ['/start'], '#!/bin/sh\nset -e\nexec /app/render --x\n', ['/app/render', '--x']],
    ['a script that execs its arguments', ['/start', '/app/x', '-v'], '#!/bin/sh\nexec "$@"\n', ['/app/x', '-v']],
    ['the last of several', ['/start', 'a'], '#!/bin/sh\n[ x ] && exec /no\nexec /first\nexec /last\n', ['/last']],
    [
      'words up to the first that is expanded',
      ['/start'],
      '#!/bin/sh\nexec /app/x --port $PORT\n',
      ['/app/x', '--port'],
    ],
    ['nothing when the program is expanded', ['/start'], '#!/bin/sh\nexec $PROGRAM\n', null],
    ['nothing without arguments to exec', ['/start'], '#!/bin/sh\nexec "$@"\n', null],
    ['nothing without exec', ['/start'], '#!/bin/sh\n/app/render\n', null],
    ['nothing of a program', ['/app/render'], null, null],
    ['what tini starts', ['/sbin/tini', '/app/render', '-v'], null, ['/app/render', '-v']],
    [
      'what tini starts behind its options',
      ['tini', '-s', '-g', '--', '/app/render', '--', 'x'],
      null,
      ['/app/render', '--', 'x'],
    ],
    ['what a static tini starts', ['/tini-static', '-v', '/app/render'], null, ['/app/render']],
    ['what dumb-init starts', ['/usr/bin/dumb-init', '--', '/app/render'], null, ['/app/render']],
    [
      'what env starts, behind its assignments',
      ['/usr/bin/env', 'A=1', 'LANG=C', '/app/render', 'B=2'],
      null,
      ['/app/render', 'B=2'],
    ],
    ['what gosu starts, behind the user', ['gosu', 'app', '/app/render'], null, ['/app/render']],
    [
      'what su-exec starts, behind the user',
      ['/sbin/su-exec', 'app:app', '/app/render', '-v'],
      null,
      ['/app/render', '-v'],
    ],
    ['nothing of a starter without a program', ['tini', '--'], null, null],
    ['nothing of a starter with options alone', ['tini', '-s'], null, null],
    ['nothing of what only sounds like a starter', ['/opt/mytini', '/app/render'], null, null],
    ['words that stand far apart', ['/start'], '#!/bin/sh\nexec   /app/x \t --y  \n', ['/app/x', '--y']],
  ])('%s', (_what, argv, script, expected) => {
    expect(innerCommand(argv, script)?.argv ?? null).toEqual(expected);
  });

  it('is told with who executes it', () => {
    const by = (argv: string[], script: string | null) => innerCommand(argv, script)?.by;
    expect(by(['/bin/sh', '-c', '/app/render'], null)).toBe('/bin/sh');
    expect(by(['/sbin/tini', '/app/render'], null)).toBe('/sbin/tini');
    expect(by(['/start', 'a'], '#!/bin/sh\nexec /app/render\n')).toBe('/start');
  });
});

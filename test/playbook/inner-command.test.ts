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
  ])('%s', (_what, argv, script, expected) => {
    expect(innerCommand(argv, script)?.argv ?? null).toEqual(expected);
  });
});

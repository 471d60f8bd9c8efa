import { describe, expect, it } from 'vitest';
import { shellForm } from '../../src/playbook/shell-form.ts';

describe('the shell form', () => {
  it.each([
    [['/bin/sh', '-c', 'exec /app/render --port 80'], '/app/render', true],
    [['sh', '-c', '/app/render'], '/app/render', true],
    [['/bin/bash', '-o', 'pipefail', '-c', '/x'], '/x', true],
    [['/bin/bash', '-euxo', 'pipefail', '-c', '/x'], '/x', true],
    [['/bin/bash', '-c', '-e', '/x'], '/x', true],
    [['/usr/bin/bash', '-ec', '  /x > /log 2>&1'], '/x', true],
    [['/bin/sh', '-c', '/x && /y'], '/x', false],
    [['/bin/sh', '-c', '/x; /y'], '/x', false],
    [['/bin/sh', '-c', '/x\n/y'], '/x', false],
    [['/bin/sh', '-c', '/x & wait'], '/x', false],
    [['/bin/sh', '-c', '/x `date`'], '/x', false],
    [['/bin/sh', '-c', 'render'], null, false],
    [['/bin/sh', '-c', 'PORT=1 /x'], null, false],
    [['/bin/sh', '-c', '/x$SUFFIX'], null, false],
    [['/bin/sh', '-c', '"/x y"'], null, false],
  ])('%j begins with %s', (argv, program, alone) => {
    expect(shellForm(argv)).toEqual({ shell: argv[0], program, alone });
  });

  it.each([
    [[]],
    [['/app/render', '-c', '/x']],
    [['/bin/sh']],
    [['/bin/sh', '-c']],
    [['/bin/sh', '/start.sh', '-c', '/x']],
    [['/bin/sh', '-e', '/start.sh']],
    [['/bin/fish-sh', 'x']],
  ])('%j is none', (argv) => expect(shellForm(argv)).toBeNull());
});

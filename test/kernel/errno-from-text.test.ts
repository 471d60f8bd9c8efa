import { describe, expect, it } from 'vitest';
import { errnoFromText } from '../../src/kernel/errno-from-text.ts';

const DOCKER =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';

describe('the words of the runtimes', () => {
  it.each([
    ['exec /app: exec format error', 'ENOEXEC', '/app', 'start'],
    ['exec /usr/bin/my app: no such file or directory', 'ENOENT', '/usr/bin/my app', 'start'],
    ['exec ./run.sh: permission denied', 'EACCES', './run.sh', 'start'],
    ['exec /app: accessing a corrupted shared library', 'ELIBBAD', '/app', 'start'],
    ['exec /app: input/output error', 'EIO', '/app', 'start'],
    ['exec /app: too many levels of symbolic links\r', 'ELOOP', '/app', 'start'],
    ['standard_init_linux.go:190: exec user process caused "exec format error"', 'ENOEXEC', null, 'start'],
    ['standard_init_linux.go:228: exec user process caused: no such file or directory', 'ENOENT', null, 'start'],
    ['exec container process `/x`: Exec format error', 'ENOEXEC', '/x', 'start'],
    ['exec container process (missing dynamic library?) `/x`: No such file or directory', 'ENOENT', '/x', 'start'],
    [
      '{"msg":"exec container process `/x`: Exec format error","level":"error","time":"2026-11-21T09:00:00Z"}',
      'ENOEXEC',
      '/x',
      'start',
    ],
    [
      'time="2026-11-21T09:00:00Z" level=error msg="runc run failed: unable to start container process: exec: \\"x\\": executable file not found in $PATH"',
      'ENOENT',
      'x',
      'lookup',
    ],
    ['crun: executable file `x` not found in $PATH: No such file or directory', 'ENOENT', 'x', 'lookup'],
    ['crun: open executable: Permission denied', 'EACCES', null, 'lookup'],
    ["executable 'x' not found in $PATH", 'ENOENT', 'x', 'lookup'],
    ['exec: "prog": executable file not found in $PATH', 'ENOENT', 'prog', 'lookup'],
    ['exec: "prog": cannot run executable found relative to current directory', 'ENOENT', 'prog', 'lookup'],
    ['exec: "/x": stat /x: no such file or directory', 'ENOENT', '/x', 'lookup'],
    [`${DOCKER}exec: "/x": stat /x: no such file or directory: unknown`, 'ENOENT', '/x', 'lookup'],
    [`${DOCKER}error during container init: exec: "/x": permission denied: unknown`, 'EACCES', '/x', 'lookup'],
    [`${DOCKER}exec: "/x": is a directory: unknown`, 'EISDIR', '/x', 'lookup'],
    [
      `${DOCKER}exec: "/x": stat /x: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`,
      'ENOTDIR',
      '/x',
      'lookup',
    ],
    [
      'docker: Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "x": executable file not found in $PATH: unknown.',
      'ENOENT',
      'x',
      'lookup',
    ],
    ['first line\nexec /app: exec format error\n', 'ENOEXEC', '/app', 'start'],
    ['[FATAL tini (7)] exec /app failed: Exec format error', 'ENOEXEC', '/app', 'start'],
  ])('%s', (text, errno, file, stage) => expect(errnoFromText(text)).toEqual({ errno, file, stage }));

  it.each([
    '',
    'listening on :8080',
    '2026-11-21T09:00:00Z ERROR exec /app: exec format error',
    'ERROR: exec /app: exec format error while probing',
    'level=error msg="exec /app: exec format error"',
    ' exec /app: exec format error',
    'could not run helper: exec /app: exec format error',
    'exec /app: exec format error (retrying)',
    'exec format error',
    '/bin/sh: 1: /app: Exec format error',
    'no such file or directory',
    'exec plan: no such file or directory',
    '{"level":"info","msg":"exec /app: exec format error"}',
    `exec /${'x'.repeat(20_000)}: exec format error`,
  ])('not an application’s own line: %s', (text) => expect(errnoFromText(text)).toBeNull());

  it('counts the last of several', () => {
    expect(errnoFromText('exec /a: exec format error\nexec /b: permission denied\nbye')).toMatchObject({ file: '/b' });
  });
});

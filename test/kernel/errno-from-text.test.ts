import { describe, expect, it } from 'vitest';
import { errnoFromText } from '../../src/kernel/errno-from-text.ts';

describe('errnoFromText', () => {
  it.each([
    ['exec /app/render: exec format error', 'ENOEXEC', '/app/render', 'start'],
    ['exec /app/render: no such file or directory', 'ENOENT', '/app/render', 'start'],
    ['exec /app: accessing a corrupted shared library', 'ELIBBAD', '/app', 'start'],
    ['exec /app: input/output error', 'EIO', '/app', 'start'],
    ['exec entrypoint.sh: exec format error', 'ENOEXEC', 'entrypoint.sh', 'start'],
    ['standard_init_linux.go:228: exec user process caused: exec format error', 'ENOEXEC', null, 'start'],
    ['standard_init_linux.go:190: exec user process caused "exec format error"', 'ENOEXEC', null, 'start'],
    ['standard_init_linux.go:228: exec user process caused: no such file or directory', 'ENOENT', null, 'start'],
    ['exec container process `/app`: Exec format error', 'ENOEXEC', '/app', 'start'],
    [
      '{"msg":"exec container process `/app`: Exec format error","level":"error","time":"2026-11-21T09:00:00Z"}',
      'ENOEXEC',
      '/app',
      'start',
    ],
    ['exec container process (missing dynamic library?) `/app`: No such file or directory', 'ENOENT', '/app', 'start'],
    ['executable file `prog` not found in $PATH: No such file or directory', 'ENOENT', 'prog', 'lookup'],
    [
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/x": stat /x: no such file or directory: unknown',
      'ENOENT',
      '/x',
      'lookup',
    ],
    [
      'OCI runtime create failed: runc create failed: unable to start container process: exec: "prog": executable file not found in $PATH: unknown',
      'ENOENT',
      'prog',
      'lookup',
    ],
    [
      'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/app": permission denied: unknown',
      'EACCES',
      '/app',
      'lookup',
    ],
    [
      'runc create failed: unable to start container process: error during container init: exec: "/bin": is a directory',
      'EISDIR',
      '/bin',
      'lookup',
    ],
  ])('reads %s', (text, errno, file, stage) => expect(errnoFromText(text)).toEqual({ errno, file, stage }));

  it.each([
    '2026-11-21T09:00:00Z ERROR worker failed: exec /app/render: exec format error',
    '[error] exec format error',
    'exec format error',
    'Caused by: standard_init_linux.go:228: exec user process caused: exec format error',
    'the log said "exec /app/render: exec format error" yesterday',
    'exec /app/render: exec format error (quoted by a wiki page)',
    'open /etc/app.conf: no such file or directory',
    'permission denied',
    '',
    `exec /${'a'.repeat(10_000)}: exec format error`,
  ])('is not taken in by %s', (text) => expect(errnoFromText(text)).toBeNull());
});

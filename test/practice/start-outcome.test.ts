import { describe, expect, it } from 'vitest';
import type { Container } from '../../adapters/practice/engine/container.ts';
import { ImageTree } from '../../adapters/practice/engine/image-tree.ts';
import { startOutcomeOf } from '../../adapters/practice/engine/start-outcome.ts';
import { littleElf } from '../../adapters/practice/little-elf.ts';
import { type ImageFile, tarOf } from '../../adapters/practice/oci-image.ts';

const program = (architecture: 'amd64' | 'arm64') => littleElf({ architecture, message: 'x' });
const file = (path: string, mode: number, content: string | Uint8Array): ImageFile => ({
  path,
  mode,
  content: Buffer.from(content as string),
});

const FILES: readonly ImageFile[] = [
  file('/etc/passwd', 0o644, 'root:x:0:0:root:/:/bin/sh\nrender:x:1000:1000::/:/bin/sh\n'),
  file('/bin/native', 0o755, program('amd64')),
  file('/bin/foreign', 0o755, program('arm64')),
  file('/bin/private', 0o700, program('amd64')),
  file('/bin/crlf', 0o755, '#!/bin/native\r\n'),
  file('/bin/script', 0o755, '#!/bin/native\n'),
  file('/bin/text', 0o755, 'echo hello\n'),
  file('/bin/plain', 0o644, program('amd64')),
];

/** As much of a container as a start looks at. */
async function containerOf(argv: string[], user = '', env = ['PATH=/usr/bin:/bin']): Promise<Container> {
  const tree = new ImageTree();
  await tree.apply(await tarOf(FILES, new Date(0)));
  const config = { Image: 'x', User: user, Env: env, Cmd: argv, Entrypoint: null, WorkingDir: '', Labels: {} };
  return { config, image: { tree } } as unknown as Container;
}

const outcomeOf = async (argv: string[], user?: string) => startOutcomeOf(await containerOf(argv, user));

describe('what becomes of a start', () => {
  it.each(['/bin/native', 'native', '/bin/script'])('%s runs', async (command) => {
    expect(await outcomeOf([command])).toEqual({ kind: 'runs' });
  });

  it.each([
    ['/bin/foreign', 'exec /bin/foreign: exec format error'],
    ['/bin/text', 'exec /bin/text: exec format error'],
    ['/bin/crlf', 'exec /bin/crlf: no such file or directory'],
    ['foreign', 'exec /bin/foreign: exec format error'],
  ])('%s dies in execve, with the line that runc 1.1 writes', async (command, line) => {
    expect(await outcomeOf([command])).toEqual({ kind: 'dies', exitCode: 1, line });
  });

  it.each([
    ['/bin/plain', 126, 'exec: "/bin/plain": permission denied: unknown'],
    ['/nope', 127, 'exec: "/nope": stat /nope: no such file or directory: unknown'],
    ['nope', 127, 'exec: "nope": executable file not found in $PATH: unknown'],
  ])('%s is refused before there is a process', async (command, exitCode, message) => {
    expect(await outcomeOf([command])).toEqual({
      kind: 'refused',
      status: 400,
      exitCode,
      message: `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${message}`,
    });
  });

  it('heeds the user, by number and by the image’s own names', async () => {
    expect(await outcomeOf(['/bin/private'], '0:0')).toEqual({ kind: 'runs' });
    expect(await outcomeOf(['/bin/private'], '1000')).toMatchObject({ kind: 'refused', exitCode: 126 });
    expect(await outcomeOf(['/bin/private'], 'render')).toMatchObject({ kind: 'refused', exitCode: 126 });
    await expect(outcomeOf(['/bin/native'], 'nobody-here')).rejects.toMatchObject({ status: 400 });
  });
});

import { describe, expect, it } from 'vitest';
import { runOver } from '../../src/kernel/file-tree.ts';
import { plainHost } from '../../src/kernel/plain-host.ts';
import { faultByFiles } from '../../src/playbook/foreign-files.ts';
import { makeElf } from '../kernel/make-elf.ts';
import { type Content, memoryTree } from '../kernel/memory-tree.ts';
import { AMD64, refused } from './incident.ts';

const native = makeElf();
const arm64 = makeElf({ machine: 183 });
const host = plainHost(AMD64);
const faultOf = (files: Record<string, Content>, culprit = '/app/render') =>
  runOver(memoryTree(files), faultByFiles(refused('ENOEXEC', 'wrong-arch-binary', culprit), host));

describe('a foreign program in files without metadata', () => {
  it.each<[string, Record<string, Content>, string?]>([
    ['among programs for the host', { '/bin/sh': native }],
    ['whichever of the usual programs that is', { '/sbin/apk': native }],
    ['by the first of the usual programs', { '/bin/sh': native, '/usr/bin/env': arm64 }],
    ['when the usual program is a link', { '/bin/sh': { link: '/bin/busybox' }, '/bin/busybox': native }],
    ['when a script stands in the first one’s place', { '/bin/sh': '#!/x', '/usr/bin/env': native }],
    ['when the first one is a directory', { '/bin/sh': null, '/usr/bin/env': native }],
    ['when it is a usual program itself, among others', { '/bin/sh': arm64, '/usr/bin/env': native }, '/bin/sh'],
    ['when 32-bit programs of the host’s family are there', { '/bin/sh': makeElf({ bits: 32 }) }],
  ])('is to blame alone %s', (_what, files, culprit) => expect(faultOf(files, culprit)).toBe('wrong-arch-binary'));

  it.each<[string, Record<string, Content>, string?]>([
    ['other programs are foreign too', { '/bin/sh': arm64 }],
    ['there are no others', {}],
    ['it is the only one', { '/bin/sh': arm64 }, '/bin/sh'],
    ['the first that can be told is foreign', { '/bin/sh': arm64, '/usr/bin/env': native }],
  ])('means an image for another platform when %s', (_what, files, culprit) =>
    expect(faultOf(files, culprit)).toBe('wrong-platform-image'),
  );

  it('is the only fault that is looked into', () => {
    const missing = refused('ENOENT', 'loader-missing');
    expect(runOver(memoryTree({}), faultByFiles(missing, host))).toBe('loader-missing');
  });
});

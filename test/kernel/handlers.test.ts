import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BinfmtHandler } from '../../src/kernel/host.ts';
import { busybox as debianBusybox } from '../lab/busybox.ts';
import { debianBinary } from '../lab/debian-binary.ts';
import { suite } from '../lab/requirements.ts';
import type { Case, Node } from './differential-cases.ts';
import { COUNT, expectAgreement, SEED, timeFor } from './expect-agreement.ts';
import { handlerCases } from './handler-cases.ts';
import { makeElf } from './make-elf.ts';
import { type Bench, executeAll, openBench } from './run-on-kernel.ts';

const NEEDS = ['root', 'gcc', 'x86-64', 'own-binfmt-misc', 'debian-binaries'] as const;
const QEMU = '/usr/bin/qemu-aarch64-static';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
/** As Debian’s binfmt-support registers it. */
const DEBIAN_MAGIC = bytes('7f454c460201010000000000000000000200b700');
const DEBIAN_MASK = bytes('ffffffffffffff00fffffffffffffffffeffffff');

suite('the kernel model against the running kernel, with handlers for foreign files', NEEDS, () => {
  let bench: Bench;
  let emulator: Node;
  let foreign: Node;

  beforeAll(async () => {
    bench = openBench();
    emulator = { file: readFileSync(await debianBinary('qemu-user-static', QEMU.slice(1), 'amd64')) };
    foreign = { file: readFileSync(await debianBusybox('arm64')) };
  });
  afterAll(() => bench?.remove());

  const count = Math.ceil(COUNT / 4);
  it(`agrees on ${count} cases made up from seed ${SEED}`, { timeout: timeFor(count) }, () => {
    expectAgreement(bench, handlerCases(SEED, count));
  });

  const qemu = (flags: string, enabled = true): BinfmtHandler => ({
    name: 'qemu-aarch64',
    enabled,
    interpreter: QEMU,
    flags,
    match: { kind: 'magic', offset: 0, magic: DEBIAN_MAGIC, mask: DEBIAN_MASK },
  });
  const emulated = (id: string, nodes: Record<string, Node>, handlers: readonly BinfmtHandler[]): Case => ({
    id,
    nodes: { [QEMU]: emulator, ...nodes },
    name: '/bin/busybox',
    cwd: '/',
    uid: 0,
    gid: 0,
    loose: false,
    handlers,
  });

  it('agrees on real foreign programs under a real emulator', () => {
    const busybox = { '/bin/busybox': foreign };
    const dynamic = makeElf({ machine: 183, interp: '/lib/ld-linux-aarch64.so.1' });
    const cases: Case[] = [
      emulated('without a handler', busybox, []),
      emulated('a handler with F', busybox, [qemu('F')]),
      emulated('a handler as of Debian', busybox, [qemu('OCF')]),
      emulated('a handler without F, its interpreter in the container', busybox, [qemu('OC')]),
      emulated('a handler that is switched off', busybox, [qemu('F', false)]),
      { ...emulated('a handler without F, nothing in the container', {}, [qemu('')]), nodes: busybox },
      emulated('a program whose own loader is missing', { '/bin/busybox': { file: dynamic } }, [qemu('F')]),
      emulated('a script of a foreign shell', { '/bin/sh': foreign, '/bin/busybox': { file: '#!/bin/sh\nexit 0\n' } }, [
        qemu('F'),
      ]),
      emulated('a file of 19 bytes', { '/bin/busybox': { file: DEBIAN_MAGIC.slice(0, 19) } }, [qemu('F')]),
    ];
    expectAgreement(bench, cases);
    // Both outcomes are there, or the handlers were never asked.
    const kernel = executeAll(bench, cases).map((answer) => answer.kernel);
    expect(kernel.slice(0, 6)).toEqual(['errno 8', 'exit 0', 'exit 0', 'exit 0', 'errno 8', 'errno 2']);
  });
});

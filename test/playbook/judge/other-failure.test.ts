import { describe, expect, it } from 'vitest';
import type { InstanceState } from '../../../src/playbook/evidence.ts';
import { describeOtherFailure } from '../../../src/playbook/judge/other-failure.ts';
import { containerFacts } from '../incident.ts';

const tell = (state: Partial<InstanceState>, ...lines: string[]) =>
  describeOtherFailure(containerFacts({}, state), { lines, truncated: false });

const ENDED = 'its program ended by itself with exit status 1';

describe('how a program that the kernel executes has ended', () => {
  it.each<[number, string]>([
    [1, ENDED],
    [128, 'its program ended by itself with exit status 128'],
    [132, 'its program was ended by SIGILL, an illegal instruction (exit status 132)'],
    [134, 'its program was ended by SIGABRT: it gave up by itself (exit status 134)'],
    [135, 'its program was ended by SIGBUS (exit status 135)'],
    [136, 'its program was ended by SIGFPE (exit status 136)'],
    [137, 'its program was ended by SIGKILL: somebody or something killed it (exit status 137)'],
    [139, 'its program was ended by SIGSEGV, an invalid memory access (exit status 139)'],
    [141, 'its program was ended by SIGPIPE (exit status 141)'],
    [143, 'its program was ended by SIGTERM: it was asked to stop (exit status 143)'],
    [255, 'its program ended by itself with exit status 255'],
    [4, 'its program ended by itself with exit status 4'],
  ])('%i', (exitCode, told) => {
    expect(tell({ exitCode })).toBe(told);
    expect(describeOtherFailure(containerFacts({}, { exitCode }), null)).toBe(told);
  });

  it('for want of memory, whatever its log says', () => {
    expect(tell({ exitCode: 137, oomKilled: true }, 'panic: x')).toBe('it was killed for want of memory');
  });
});

describe('why, by its last words', () => {
  it.each<[string, readonly string[]]>([
    [
      'its port is in use',
      [
        'listen tcp :8080: bind: address already in use',
        'Error: listen EADDRINUSE: :::8080',
        'nginx: [emerg] bind() to 0.0.0.0:80 failed (98)',
        'Bind for 0.0.0.0:80 failed: port is already allocated',
      ],
    ],
    [
      'it ran out of memory',
      [
        'FATAL: out of memory',
        'java.lang.OutOfMemoryError: Java heap space',
        'fork: Cannot allocate memory',
        'spawn ENOMEM',
      ],
    ],
    [
      'its configuration is incomplete',
      [
        'Missing environment variable DATABASE_URL',
        'a required env var was empty',
        'undefined config key: queue',
        'not set: the setting queue.url',
        'environment variable QUEUE is not set',
        'the configuration file /etc/app.yaml was not found',
        'config: key queue is missing',
        'setting queue.url is required',
      ],
    ],
    [
      'something that it depends on did not answer',
      [
        'dial tcp 10.0.0.3:5432: connect: connection refused',
        'connect ECONNREFUSED 10.0.0.3:5432',
        'getaddrinfo ENOTFOUND queue',
        'lookup queue: no such host',
        'dial tcp: i/o timeout',
        'the request timed out',
        'connect ETIMEDOUT 10.0.0.3:5432',
      ],
    ],
    [
      'it may not do something that it wants to do',
      ['open /data/x: permission denied', 'EACCES: mkdir /data', 'setuid: EPERM'],
    ],
    ['the disk is full', ['write /data/x: no space left on device', 'ENOSPC: write']],
    [
      'it ended with an error of its own',
      [
        'Traceback (most recent call last):',
        'java.lang.IllegalStateException',
        'panic: runtime error: index out of range',
        'Unhandled rejection',
        'TypeError: x is not a function',
      ],
    ],
  ])('%s', (reason, lines) => {
    for (const line of lines) expect(tell({ exitCode: 1 }, 'starting', line)).toBe(`${ENDED}; ${reason}: “${line}”`);
  });

  it.each<[string, readonly string[], string]>([
    [
      'an answer of something it asked is surer than its own error',
      ['Error: x', 'connection refused'],
      'something that it depends on did not answer: “connection refused”',
    ],
    [
      'the newest of two lines of one kind counts',
      ['panic: one', 'panic: two'],
      'it ended with an error of its own: “panic: two”',
    ],
    ['of a log without a reason the last line is told', ['one', 'two', '  ', ''], 'its last words are “two”'],
    [
      'what lies more than ten lines back is not told',
      ['panic: long ago', ...Array(10).fill('bye')],
      'its last words are “bye”',
    ],
    [
      'what lies ten lines back is told',
      ['panic: just now', ...Array(9).fill('bye')],
      'it ended with an error of its own: “panic: just now”',
    ],
    [
      'a setting that has nothing to do with what is missing is no reason',
      [`required ${'-'.repeat(41)} config`],
      `its last words are “required ${'-'.repeat(41)} config”`,
    ],
  ])('%s', (_what, lines, told) => expect(tell({ exitCode: 1 }, ...lines)).toBe(`${ENDED}; ${told}`));

  it('is not told of an empty log', () => expect(tell({ exitCode: 1 }, '', '  ')).toBe(ENDED));

  it('is told in 160 characters', () => {
    expect(tell({ exitCode: 1 }, 'x'.repeat(200))).toBe(`${ENDED}; its last words are “${'x'.repeat(159)}…”`);
  });
});

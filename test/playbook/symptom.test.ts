import { describe, expect, it } from 'vitest';
import type { InstanceFacts, InstanceState } from '../../src/playbook/evidence.ts';
import { readSymptom, type Symptom } from '../../src/playbook/symptom.ts';
import { containerFacts } from './incident.ts';

const AT = new Date('2026-11-21T09:00:00Z');
const read = (
  state: Partial<InstanceState>,
  lines: readonly string[] | null = [],
  facts: Partial<InstanceFacts> = {},
) => readSymptom(containerFacts(facts, state), lines && { lines, truncated: false }, AT);

const RUNNING: Symptom = { kind: 'running', errno: null, quote: null };
const ENDED: Symptom = { kind: 'ended', errno: null, quote: null };
const UNKNOWN: Symptom = { kind: 'unknown', errno: null, quote: null };
const EXEC = 'exec /app/render: exec format error';
const refusedBy = (quote: string, errno: Symptom['errno'] = 'ENOEXEC'): Symptom => ({ kind: 'refused', errno, quote });

describe('a container', () => {
  it.each<[string, Partial<InstanceState>, Symptom]>([
    ['runs when it never had to be restarted', { status: 'running', restartCount: 0 }, RUNNING],
    [
      'runs when it has lived for five seconds since a restart',
      { status: 'running', startedAt: '2026-11-21T08:59:55Z' },
      RUNNING,
    ],
    ['runs when nobody knows since when', { status: 'running', startedAt: null }, RUNNING],
    ['is between two restarts before that', { status: 'running', startedAt: '2026-11-21T08:59:55.001Z' }, UNKNOWN],
    ['has ended when it has a status', { status: 'exited', exitCode: 0 }, ENDED],
    ['has ended when it is about to be restarted', { status: 'restarting', exitCode: 1 }, ENDED],
    ['is not known to have ended without a status', { status: 'dead', exitCode: null }, UNKNOWN],
    [
      'was never started when it is only created',
      { status: 'created', exitCode: 0 },
      { kind: 'not-started', errno: null, quote: null },
    ],
    [
      'was never started, and the engine says why',
      { status: 'created', error: 'no such device' },
      { kind: 'not-started', errno: null, quote: 'no such device' },
    ],
    ['was refused when the engine’s own error names an errno', { status: 'created', error: EXEC }, refusedBy(EXEC)],
  ])('%s', (_what, state, symptom) => expect(read(state)).toEqual(symptom));
});

describe('the last line of a log', () => {
  it.each<[string, readonly string[] | null, Partial<InstanceState>, Partial<InstanceFacts>, Symptom]>([
    [
      'is the runtime’s word about the program that the container executes',
      [EXEC],
      { exitCode: 1 },
      {},
      refusedBy(EXEC),
    ],
    ['is so with blank lines behind it', [EXEC, '', '  '], { exitCode: 255 }, {}, refusedBy(EXEC)],
    [
      'names the file as the runtime found it in PATH',
      ['exec /usr/bin/render: exec format error'],
      {},
      { argv: ['render'] },
      refusedBy('exec /usr/bin/render: exec format error'),
    ],
    ['is believed while nobody knows the command', [EXEC], {}, { argv: [] }, refusedBy(EXEC)],
    [
      'is old runc’s word, which names no file',
      ['standard_init_linux.go:228: exec user process caused: exec format error'],
      {},
      {},
      refusedBy('standard_init_linux.go:228: exec user process caused: exec format error'),
    ],
    [
      'is of another program that the container’s own one started',
      ['exec /opt/helper: exec format error'],
      { exitCode: 1 },
      {},
      ENDED,
    ],
    [
      'is what the program quoted when it ended with a status of no refusal',
      [EXEC],
      { status: 'exited', exitCode: 3 },
      {},
      ENDED,
    ],
    ['is so when the engine calls it dead', [EXEC], { status: 'dead', exitCode: 3 }, {}, ENDED],
    [
      'counts while a restart is waited for, whatever the status of the life before',
      [EXEC],
      { status: 'restarting', exitCode: 3 },
      {},
      refusedBy(EXEC),
    ],
    ['counts when the status is not known', [EXEC], { status: 'exited', exitCode: null }, {}, refusedBy(EXEC)],
    ['is not followed by anything: who goes on to write was executed', [EXEC, 'listening'], { exitCode: 1 }, {}, ENDED],
    ['is not to be had without a log', null, { exitCode: 1 }, {}, ENDED],
  ])('%s', (_what, lines, state, facts, symptom) =>
    expect(read({ status: 'exited', ...state }, lines, facts)).toEqual(symptom),
  );

  it.each([126, 127])('is believed with status %i: crun, Docker and init processes leave it', (exitCode) => {
    expect(read({ status: 'exited', exitCode }, [EXEC])).toEqual(refusedBy(EXEC));
  });
});

import { describe, expect, it } from 'vitest';
import type { ErrnoName, Outcome } from '../../../src/kernel/outcome.ts';
import { reproduces } from '../../../src/playbook/judge/reproduces.ts';
import type { Symptom } from '../../../src/playbook/symptom.ts';
import { containerFacts, dies, refused } from '../incident.ts';
import { accepted } from '../sample-evidence.ts';

const reported = (errno: ErrnoName): Symptom => ({ kind: 'refused', errno, quote: errno });
const ENDED: Symptom = { kind: 'ended', errno: null, quote: null };
const UNKNOWN: Symptom = { kind: 'unknown', errno: null, quote: null };
const foreign = refused('ENOEXEC', 'wrong-arch-binary');
const forbidden = refused('EACCES', 'not-executable');
const crash = dies('signal', 139, 'truncated-binary');
/** A program that gets control, and of which nobody knows with what it ends. */
const lost: Outcome = { ...crash, exit: null };

interface Row {
  readonly outcome: Outcome;
  readonly symptom: Symptom;
  readonly exit?: number | null;
  readonly init?: boolean;
}

const answer = ({ outcome, symptom, exit = null, init = false }: Row) =>
  reproduces(outcome, symptom, containerFacts({ init }, { exitCode: exit }));

describe('a prediction', () => {
  it.each<[string, Row]>([
    ['names the errno that the runtime reports', { outcome: foreign, symptom: reported('ENOEXEC'), exit: 1 }],
    ['refuses a directory, which newer runtimes call EISDIR', { outcome: forbidden, symptom: reported('EISDIR') }],
    ['names the status with which it ended', { outcome: crash, symptom: ENDED, exit: 139 }],
  ])('is what was seen: it %s', (_what, row) => expect(answer(row)).toBe('yes'));

  it.each<[string, Row]>([
    ['the runtime reports another errno', { outcome: foreign, symptom: reported('ENOENT'), exit: 1 }],
    ['the runtime reports an errno of what the kernel executes', { outcome: accepted, symptom: reported('ENOEXEC') }],
    ['the runtime refused it, in no words of errno', { outcome: accepted, symptom: { ...UNKNOWN, kind: 'refused' } }],
    ['it ended with another status', { outcome: crash, symptom: ENDED, exit: 132 }],
    ['it ended with a status that no refusal leaves', { outcome: foreign, symptom: ENDED, exit: 3 }],
    [
      'an init process tried a shell, which ends otherwise',
      { outcome: foreign, symptom: ENDED, exit: 255, init: true },
    ],
    ['without an init process nothing leaves 2', { outcome: foreign, symptom: ENDED, exit: 2 }],
  ])('is refuted: %s', (_what, row) => expect(answer(row)).toBe('no'));

  it.each<[string, Row]>([
    ['the program runs, and ended later by itself', { outcome: accepted, symptom: ENDED, exit: 3 }],
    ['it was never started', { outcome: foreign, symptom: { ...UNKNOWN, kind: 'not-started' } }],
    ['nobody knows how it fares', { outcome: foreign, symptom: UNKNOWN, exit: 3 }],
    ['nobody knows its exit status', { outcome: foreign, symptom: ENDED }],
    ['nobody can say how such a program ends', { outcome: lost, symptom: ENDED, exit: 3 }],
    ['runc before 1.2 leaves 1 after a refusal', { outcome: foreign, symptom: ENDED, exit: 1 }],
    ['runc from 1.2 on leaves 255', { outcome: foreign, symptom: ENDED, exit: 255 }],
    ['crun leaves 126 or 127', { outcome: foreign, symptom: ENDED, exit: 126 }],
    ['a shell that an init process tries leaves 1', { outcome: foreign, symptom: ENDED, exit: 1, init: true }],
    [
      'a shell that an init process tries fails at the syntax',
      { outcome: foreign, symptom: ENDED, exit: 2, init: true },
    ],
    [
      'a shell that an init process tries may not execute it',
      { outcome: foreign, symptom: ENDED, exit: 126, init: true },
    ],
    ['a shell that an init process tries finds nothing', { outcome: foreign, symptom: ENDED, exit: 127, init: true }],
  ])('has nothing against it: %s', (_what, row) => expect(answer(row)).toBe('not-against'));
});

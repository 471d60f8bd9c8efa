import { describe, expect, it } from 'vitest';
import { known } from '../../../src/playbook/answer.ts';
import type { InstanceEvidence } from '../../../src/playbook/instance-evidence.ts';
import { fileStep } from '../../../src/playbook/steps/file-step.ts';
import { probeFailed } from '../../../src/playbook/steps/step.ts';
import { symptomStep } from '../../../src/playbook/steps/symptom-step.ts';
import { incident, refused } from '../incident.ts';
import { accepted, missing, sampleEvidence } from '../sample-evidence.ts';

const where = sampleEvidence().place;
const why = { code: 'unreachable', target: 'render-01', message: 'it does not answer' } as const;
const DOCKER = 'docker -H ssh://ops@render-01';

describe('the file that is executed', () => {
  const command = `${DOCKER} cp -L pdf-renderer:/app/render - | tar -xO | file -`;
  const entrypoint = {
    check: 'Entrypoint and command',
    command: `${DOCKER} inspect --format '{{.Path}} {{json .Args}}' pdf-renderer`,
    observed: '/app/render',
    meaning: '/app/render is the first file that is executed.',
    decision: 'Look at that file, and at what it needs.',
    where,
  };

  it('is what the kernel refuses', () => {
    expect(fileStep.explain(sampleEvidence())).toEqual({
      status: 'problem',
      findings: [
        entrypoint,
        {
          check: 'Executed file',
          command,
          observed: '/app/render: ELF 64-bit LSB executable, ARM aarch64',
          meaning: '/app/render is ELF for arm64; the host executes amd64.',
          decision:
            'This is what the kernel refuses (ENOEXEC): /app/render has to be replaced, not the entrypoint changed.',
          where,
        },
      ],
    });
  });

  const file = (evidence: InstanceEvidence) => fileStep.explain(evidence).findings[1];
  it('may be another one than the entrypoint, and be read from the registry', () => {
    const outcome = refused('ENOENT', 'interpreter-missing', '/bin/bash');
    const found = file(incident({ outcome: { ...outcome, culpritIs: null }, execution: { readFrom: 'registry' } }));
    expect(found).toMatchObject({
      command: `${DOCKER} cp -L pdf-renderer:/bin/bash - | tar -xO | file -`,
      observed: '/bin/bash: not looked at (read from the registry)',
    });
  });

  it('is accepted when the cause is of another kind', () => {
    const evidence = incident({ facts: { argv: ['/app/render', '-v'] }, outcome: { ...accepted, culpritIs: 'ELF' } });
    expect(fileStep.explain(evidence).status).toBe('ok');
    expect(fileStep.explain(evidence).findings[0]?.observed).toBe('/app/render -v');
    expect(file(evidence)).toMatchObject({
      observed: '/app/render: ELF',
      decision: 'The kernel accepts it: if the container still fails, the cause is of another kind.',
    });
  });

  it('is not there without a command', () => {
    const evidence = incident({ facts: { argv: [] } });
    expect(fileStep.explain(evidence).findings[0]).toMatchObject({
      observed: 'none',
      meaning: 'Neither the image nor the container says what to execute.',
      decision: 'Give the image an entrypoint or the container a command.',
    });
    expect(file(evidence)?.observed).toMatch(/^\/: /);
    const unread = { ...evidence, execution: missing };
    expect(file(unread)?.command).toBe(`${DOCKER} cp -L pdf-renderer:/ - | tar -xO | file -`);
  });

  it('is unknown when it cannot be read, and skipped without a container', () => {
    expect(fileStep.explain({ ...sampleEvidence(), execution: missing })).toEqual({
      status: 'unknown',
      findings: [entrypoint, probeFailed('Executed file', command, why, where)],
    });
    const pool = known({ total: 2, rows: [] });
    expect(fileStep.explain({ ...sampleEvidence(), instance: missing, pool })).toEqual({
      status: 'skipped',
      findings: [],
    });
  });
});

describe('how it fails', () => {
  const explain = (evidence: InstanceEvidence) => symptomStep.explain(evidence);
  const state = {
    check: 'State',
    command: `${DOCKER} inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}' pdf-renderer`,
    decision: 'Exit status 1 alone could mean many things: read the last words.',
    where,
  };
  const log = { check: 'Last log lines', command: `${DOCKER} logs --tail 5 pdf-renderer`, where };

  it('is the runtime’s own word in a loop of restarts', () => {
    expect(explain(sampleEvidence())).toEqual({
      status: 'problem',
      findings: [
        {
          ...state,
          observed: 'restarting, exit 1, restarted 12 times',
          meaning: 'It is started over and over and ends each time.',
        },
        {
          ...log,
          observed: 'exec /app/render: exec format error',
          meaning: 'The runtime itself reports ENOEXEC: “exec /app/render: exec format error”.',
          decision: 'The errno decides which causes are possible at all.',
        },
      ],
    });
  });

  it('is the program’s own words, the last five of them', () => {
    expect(explain(incident({ log: ['1', '2', '3', '4', '5', '6'] })).findings).toEqual([
      { ...state, observed: 'exited, exit 1, restarted 0 times', meaning: 'It does not run.' },
      {
        ...log,
        observed: '2\n3\n4\n5\n6',
        meaning: 'The runtime reports no refusal; these are the program’s own words.',
        decision: 'Without the runtime’s word the file decides.',
      },
    ]);
  });

  it('is silence', () => {
    expect(explain(incident({ log: [] })).findings[1]).toMatchObject({
      observed: 'none',
      meaning: 'It never wrote a line.',
    });
  });

  it('is told with what the engine says of it', () => {
    const told = { status: 'dead', exitCode: null, oomKilled: true, error: 'no such device' };
    const { status, findings } = explain(incident({ state: told }));
    expect(status).toBe('unknown');
    expect(findings[0]?.observed).toBe('dead, exit unknown, restarted 0 times, out of memory; no such device');
  });

  it('is not at all when it runs', () => {
    const { status, findings } = explain(incident({ state: { status: 'running' }, log: ['listening'] }));
    expect(status).toBe('ok');
    expect(findings[0]).toMatchObject({
      observed: 'running, restarted 0 times',
      meaning: 'It runs.',
      decision: 'Nothing to do for this instance.',
    });
  });

  it('is known by its state when the log cannot be read, and skipped without a container', () => {
    const failed = probeFailed('Last log lines', log.command, why, where);
    expect(explain({ ...sampleEvidence(), log: missing }).findings[1]).toEqual(failed);
    expect(explain({ ...sampleEvidence(), instance: missing })).toEqual({ status: 'skipped', findings: [] });
  });
});

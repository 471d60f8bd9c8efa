import { describe, expect, it } from 'vitest';
import { failed, known } from '../../../src/playbook/answer.ts';
import type { ImpactReading } from '../../../src/playbook/evidence.ts';
import { explainImpact, formatReading, type ImpactProbe } from '../../../src/playbook/steps/impact-step.ts';

const reading = (value: number | null, set: Partial<ImpactReading> = {}): ImpactReading => ({
  name: 'Queue',
  series: 'pdf_queue_pending_jobs',
  value,
  at: '2026-11-21T09:00:00Z',
  recovers: 'falling',
  unit: null,
  ...set,
});
const probe = (answer: ImpactProbe['reading']): ImpactProbe => ({ name: 'Queue', command: 'curl x', reading: answer });

describe('what it costs', () => {
  it('is skipped where nothing is configured, and says what to configure', () => {
    expect(explainImpact([])).toEqual({
      status: 'skipped',
      findings: [
        {
          check: 'Impact',
          command: 'execfmt config check',
          observed: 'no metrics are configured for this target',
          meaning: 'Who waits for this service, and for how long, is unknown.',
          decision: 'Name its queue under `services.<name>.impact` so that the next run can say.',
        },
      ],
    });
  });

  it.each<[string, ImpactProbe['reading'], string, string[]]>([
    [
      'work that waits',
      known(reading(1847)),
      'problem',
      ['1,847', 'Work is waiting for this service.', 'After the fix this has to be falling.'],
    ],
    [
      'nothing that waits',
      known(reading(0, { recovers: 'rising' })),
      'problem',
      ['0', 'Nothing is waiting.', 'After the fix this has to be rising.'],
    ],
    [
      'a number of which nobody says where it goes',
      known(reading(1, { recovers: null })),
      'problem',
      ['1', 'Work is waiting for this service.', 'Compare after the fix.'],
    ],
    [
      'an application that reports nothing: the absence is the signal',
      known(reading(null)),
      'unknown',
      [
        'no series pdf_queue_pending_jobs',
        'No metrics from the application itself: it is not there to report them. The absence is the signal.',
        'Judge the impact by what its surroundings report.',
      ],
    ],
    [
      'a source that does not answer',
      failed('timeout', 'prometheus', 'It is slow.'),
      'unknown',
      ['prometheus: It is slow.', 'The source of this number did not answer.', 'Going on without it.'],
    ],
  ])('is told of %s', (_what, answer, status, [observed, meaning, decision]) => {
    expect(explainImpact([probe(answer)])).toEqual({
      status,
      findings: [{ check: 'Queue', command: 'curl x', observed, meaning, decision }],
    });
  });

  it('is told as soon as one of several numbers is', () => {
    expect(explainImpact([probe(known(reading(null))), probe(known(reading(3)))]).status).toBe('problem');
  });

  it.each<[number | null, string | null, string]>([
    [null, 'seconds', 'no value'],
    [1847, null, '1,847'],
    [1234567.891, 'jobs', '1,234,567.89 jobs'],
    [999, null, '999'],
    [0.5, null, '0.5'],
    [59.4, 'seconds', '59 s'],
    [60, 'seconds', '1 min'],
    [3599, 'seconds', '59 min'],
    [3600, 'seconds', '1 h 0 min'],
    [7500, 'seconds', '2 h 5 min'],
  ])('%s of %s is written %s', (value, unit, written) => expect(formatReading(reading(value, { unit }))).toBe(written));
});

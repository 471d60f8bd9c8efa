import { describe, expect, it } from 'vitest';
import { known } from '../../src/playbook/answer.ts';
import { explainInstances } from '../../src/playbook/explain-instances.ts';
import { hintsFor } from '../../src/playbook/hints.ts';
import type { InstanceEvidence } from '../../src/playbook/instance-evidence.ts';
import { judge } from '../../src/playbook/judge/judge.ts';
import { ORIGINS } from '../../src/playbook/verdict.ts';
import { accepted, sampleEvidence, withState } from './sample-evidence.ts';

const on = (host: string, evidence: InstanceEvidence): InstanceEvidence => ({
  ...evidence,
  place: { kind: 'docker', host, container: 'pdf-renderer' },
});
const judged = (evidence: InstanceEvidence) => ({ evidence, verdict: judge(evidence) });
const healthy = (): InstanceEvidence => ({
  ...withState({ status: 'running', restartCount: 0 }),
  execution: known({ outcome: accepted, readFrom: 'container', alternatives: [], inner: null }),
});

describe('several instances', () => {
  it('are grouped by what is the same', () => {
    const good = Array.from({ length: 11 }, (_, i) => judged(on(`render-${i}`, healthy())));
    const [finding] = explainInstances('pdf-renderer', [...good, judged(on('render-11', sampleEvidence()))]);
    expect(finding?.observed).toContain('pdf-renderer on render-4 and 6 more');
    expect(finding?.observed).toMatch(/^1 of 12 wrong-platform-image .*: pdf-renderer on render-11$/m);
    expect(finding?.meaning).toContain('1 of 12 fail');
  });

  it('that run are warned of the failing image that lies there already', () => {
    const bad = sampleEvidence();
    const waiting = {
      ...healthy(),
      candidates: known([
        {
          image: 'registry.corp.io/pdf-renderer@x',
          digest: `sha256:${'3'.repeat(64)}`,
          knownAs: 'v3',
          wasHere: true,
          hadTag: false,
          ran: null,
          kind: 'manifest' as const,
          platform: 'linux/arm64',
          outcome: null,
          unusableBecause: 'would not start',
        },
      ]),
    };
    const [finding] = explainInstances('pdf-renderer', [judged(on('a', waiting)), judged(on('b', bad))]);
    expect(finding?.meaning).toContain('pdf-renderer on a runs an older image');
    expect(finding?.decision).toContain('Do not restart');
  });

  it('of which there is one are not spoken of', () => {
    expect(explainInstances('pdf-renderer', [judged(sampleEvidence())])).toEqual([]);
  });
});

describe('what prevents the next one', () => {
  it.each(ORIGINS.filter((kind) => kind !== 'unknown'))('has lines to paste for %s', (kind) => {
    const verdict = { ...judge(sampleEvidence()), origin: { kind, confidence: 'likely' as const, because: 'x' } };
    const hints = hintsFor(verdict, sampleEvidence());
    expect(hints.length).toBeGreaterThan(0);
    for (const { command } of hints) expect(command).not.toMatch(/\b(?:IMAGE|PLATFORM|ARCH)\b/);
  });

  it('is silent about what runs', () => {
    expect(hintsFor(judge(healthy()), null)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { failed, known } from '../../src/playbook/answer.ts';
import { explainBlastRadius, type FailingStart, type Radius } from '../../src/playbook/blast-radius.ts';

const one = (name: string, set: Partial<FailingStart> = {}): FailingStart => ({
  workloads: [{ namespace: 'docs', workload: `deployment/${name}`, container: 'main' }],
  image: `r/${name}:1`,
  platform: 'linux/amd64',
  nodes: 1,
  fault: 'wrong-arch-binary',
  because: 'it is for arm64.',
  ...set,
});
const explain = (set: Partial<Radius>) =>
  explainBlastRadius({
    estate: 'prod',
    cli: 'kubectl --context prod',
    found: known({ failing: [], workloads: 4, skipped: 0, unread: null, unseen: [], ...set }),
  });
const observed = (set: Partial<Radius>) => explain(set).findings[0]?.observed.split('\n');

describe('what else a cluster schedules', () => {
  it('is well when nothing of it would fail', () => {
    expect(explain({})).toEqual({
      status: 'ok',
      findings: [
        {
          check: 'Other workloads on prod',
          command: 'kubectl --context prod get deploy,sts,ds,cronjob,pod --all-namespaces -o wide',
          observed: 'none of 4 would fail on a node that it may be scheduled to',
          meaning: 'The kernel model knows of nothing else there that this would happen to.',
          decision: 'Nothing to do for others.',
        },
      ],
    });
  });

  it('is a problem when some of it would fail', () => {
    const { status, findings } = explain({ failing: [one('a'), one('b', { nodes: 3 })] });
    expect(status).toBe('problem');
    expect(findings).toMatchObject([
      {
        observed:
          '2 of 4 would fail on a node that they may be scheduled to:\n' +
          'docs/deployment/a (main): r/a:1 on linux/amd64 (one node): wrong-arch-binary: it is for arm64.\n' +
          'docs/deployment/b (main): r/b:1 on linux/amd64 (3 nodes): wrong-arch-binary: it is for arm64.',
        meaning:
          'Each of them fails as soon as a pod comes to stand on such a node, unless an emulator is registered there.',
        decision: 'Publish what their nodes need before their pods are made anew.',
      },
    ]);
  });

  it('counts a workload once, however many of its containers or kinds of node fail', () => {
    expect(observed({ failing: [one('a'), one('a', { platform: 'linux/s390x' })] })?.[0]).toMatch(/^1 of 4 would/);
  });

  it('names five workloads of one image, and counts the others', () => {
    const workloads = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({
      namespace: 'docs',
      workload: name,
      container: 'main',
    }));
    const names = (count: number) => observed({ failing: [one('x', { workloads: workloads.slice(0, count) })] })?.[1];
    expect(names(7)).toMatch(/^docs\/a \(main\), .*, docs\/e \(main\) and 2 more: r\/x:1/);
    expect(names(5)).toMatch(/, docs\/e \(main\): r\/x:1/);
  });

  it('shows ten failures, and counts the others', () => {
    const failing = Array.from({ length: 12 }, (_, at) => one(`w${at}`));
    expect(observed({ failing })).toHaveLength(12);
    expect(observed({ failing })?.at(-1)).toBe('and 2 more');
    expect(observed({ failing: failing.slice(0, 10) })?.at(-1)).toContain('docs/deployment/w9');
  });

  it('says what it does not say, so that silence is not taken for health', () => {
    const set: Partial<Radius> = {
      skipped: 2,
      unread: { workloads: 1, why: 'the registry is down.' },
      unseen: [{ code: 'denied', target: 'cluster prod', message: 'no nodes may be listed.' }],
    };
    expect(explain(set).status).toBe('unknown');
    expect(observed(set)).toEqual([
      'none of 2 would fail on a node that it may be scheduled to',
      'Not looked at, so as not to hold the verdict up: 2 workloads.',
      'Not to be told for one workload: the registry is down.',
      'Not seen: cluster prod: no nodes may be listed.',
    ]);
    expect(explain({ ...set, failing: [one('a')] }).status).toBe('problem');
  });

  it('is unknown when nobody can look', () => {
    const found = failed('denied', 'cluster prod', 'Listing is not permitted.');
    expect(explainBlastRadius({ estate: 'prod', cli: 'kubectl', found })).toEqual({
      status: 'unknown',
      findings: [
        {
          check: 'Other workloads on prod',
          command: 'kubectl get deploy,sts,ds,cronjob,pod --all-namespaces -o wide',
          observed: 'cluster prod: Listing is not permitted.',
          meaning: 'Whether the same happens to others is unknown.',
          decision: 'Going on without it.',
        },
      ],
    });
  });
});

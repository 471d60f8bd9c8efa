import { describe, expect, it } from 'vitest';
import { describePlan } from '../../src/approval/describe-plan.ts';
import { instancePlan, rebuildPlan } from './sample-plan.ts';

const plan = instancePlan();
const { digest } = plan.proposed;

describe('the words for a plan', () => {
  it.each([
    ['rollback-to-digest', 'rollback', 'roll back pdf-renderer to v2', 'rolling back to v2', 'Rolled back to v2.'],
    [
      'deploy-digest',
      'deployment',
      'deploy pdf-renderer as rebuilt, v2',
      'deploying as rebuilt, v2',
      'Deployed as rebuilt, v2.',
    ],
    [
      'pull-platform',
      'pull',
      'pull pdf-renderer for linux/amd64',
      'pulling for linux/amd64',
      'Pulled for linux/amd64.',
    ],
    ['repull', 'pull', 'pull pdf-renderer anew', 'pulling anew', 'Pulled anew.'],
  ] as const)('of %s', (kind, noun, deed, doing, done) => {
    const from = `registry.corp.io/x:v3\n${plan.current.digest}`;
    const to = `v2 (linux/amd64)\n${digest}`;
    expect(describePlan(instancePlan({ kind }))).toEqual({ noun, deed, doing, done, from, to });
  });

  it('name what has no name by its digest, whole where it has to be told apart', () => {
    const proposed = { ...plan.proposed, knownAs: null };
    const words = describePlan(instancePlan({ service: null, proposed }));
    expect(words.deed).toBe(`roll back it to ${digest.slice(0, 19)}`);
    expect(words.to).toBe(`registry.corp.io/x (linux/amd64)\n${digest}`);
  });

  it('show the image’s id where its digest is not known', () => {
    const words = describePlan(instancePlan({ current: { ...plan.current, digest: null } }));
    expect(words.from).toBe('registry.corp.io/x:v3\nsha256:id');
  });

  it('say which nodes, and that the image stays', () => {
    const nodeSelector = { 'kubernetes.io/arch': 'arm64', pool: 'a' };
    const words = describePlan(
      instancePlan({ kind: 'schedule-to-arch', proposed: { ...plan.proposed, nodeSelector } }),
    );
    const where = 'to nodes with kubernetes.io/arch=arm64, pool=a';
    expect(words).toMatchObject({
      noun: 'change of its nodes',
      deed: `keep pdf-renderer ${where}`,
      doing: `keeping it ${where}`,
      done: `Kept ${where}.`,
      to: `the same image, kept ${where}`,
    });
  });

  it('say what is built where', () => {
    expect(describePlan(rebuildPlan())).toEqual({
      noun: 'rebuild',
      deed: 'rebuild docs/x for linux/amd64',
      doing: 'rebuilding docs/x for linux/amd64',
      done: 'Rebuilt docs/x for linux/amd64.',
      from: `registry.corp.io/x:v3\n${plan.current.digest}`,
      to: 'a new build for linux/amd64\ndocs/x, main, job build on corp-gitlab\nrunner amd64',
    });
  });

  it('leave out of a build what the pipeline decides', () => {
    const build = { ...rebuildPlan().build, ref: null, job: null, runner: null };
    const current = { reference: 'registry.corp.io/x:v3', digest: null };
    const words = describePlan(rebuildPlan({ build, current }));
    expect(words.to).toBe('a new build for linux/amd64\ndocs/x on corp-gitlab');
    expect(words.from).toBe('registry.corp.io/x:v3\nnothing is published');
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/approval/canonical-json.ts';
import { decisionKey } from '../../src/approval/decision-key.ts';
import { hashPlan } from '../../src/approval/hash-plan.ts';
import { instancePlan, rebuildPlan } from './sample-plan.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [2, null, 'x"'] }, '{"a":[2,null,"x\\""],"b":1}'],
    [{ a: undefined, c: { z: true, y: {} } }, '{"c":{"y":{},"z":true}}'],
    [[undefined, []], '[null,[]]'],
    [{ a1: 0, a: 0, A: 0, é: 0, '￿': 0, '😀': 0 }, '{"A":0,"a":0,"a1":0,"é":0,"😀":0,"￿":0}'],
    [null, 'null'],
  ])('%j', (value, text) => expect(canonicalJson(value)).toBe(text));
});

describe('the hash of a plan', () => {
  it('is the same whatever the order of its keys, and whatever hash it has', () => {
    const plan = instancePlan();
    const turned = Object.fromEntries(Object.entries(plan).reverse()) as typeof plan;
    expect(hashPlan({ ...turned, hash: 'other' } as typeof plan, sha256)).toBe(hashPlan(plan, sha256));
    expect(hashPlan(plan, sha256)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(Object.keys(instancePlan()).filter((key) => key !== 'hash'))(
    'is another one when its %s is another',
    (key) => {
      const plan = instancePlan();
      expect(hashPlan({ ...plan, [key]: 'something else' }, sha256)).not.toBe(hashPlan(plan, sha256));
    },
  );

  it('is another one when a digest in its depth differs', () => {
    const plan = instancePlan();
    const other = { ...plan, proposed: { ...plan.proposed, digest: plan.current.digest ?? '' } };
    expect(hashPlan(other, sha256)).not.toBe(hashPlan(plan, sha256));
    const build = rebuildPlan();
    const elsewhere = { ...build, build: { ...build.build, runner: 'arm64' } };
    expect(hashPlan(elsewhere, sha256)).not.toBe(hashPlan(build, sha256));
  });
});

it('decides each plan under a key of its own', () => {
  expect(decisionKey('p-1')).toBe('decided:p-1');
  expect(decisionKey('p-1')).not.toBe(decisionKey('p-2'));
});

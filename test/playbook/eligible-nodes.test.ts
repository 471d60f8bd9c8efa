import { describe, expect, it } from 'vitest';
import {
  eligibleNodes,
  type NodeFacts,
  type SchedulingRules,
  whyNotEligible,
} from '../../src/playbook/eligible-nodes.ts';

const node = (name: string, more: Partial<NodeFacts> = {}): NodeFacts => ({
  name,
  platform: null,
  labels: {},
  taints: [],
  unschedulable: false,
  ...more,
});
const anywhere: SchedulingRules = { nodeSelector: {}, terms: null, tolerations: [] };
const affinity = (operator: string, values: string[] = []): SchedulingRules => ({
  ...anywhere,
  terms: [{ expressions: [{ key: 'zone', operator, values }], fields: [] }],
});
const namesOf = (nodes: readonly NodeFacts[], rules: SchedulingRules) =>
  eligibleNodes(nodes, rules).map(({ name }) => name);

describe('the nodes a pod may come to stand on', () => {
  it('are all without rules, but for cordoned ones', () => {
    expect(namesOf([node('a'), node('b', { unschedulable: true })], anywhere)).toEqual(['a']);
  });

  it('have every label of the nodeSelector', () => {
    const arm = node('arm', { labels: { 'kubernetes.io/arch': 'arm64', disk: 'ssd' } });
    const rules = { ...anywhere, nodeSelector: { 'kubernetes.io/arch': 'arm64', disk: 'ssd' } };
    expect(namesOf([arm, node('amd')], rules)).toEqual(['arm']);
    expect(whyNotEligible(node('amd'), rules)).toBe('its nodeSelector wants kubernetes.io/arch=arm64');
  });

  it.each([
    ['In', ['a', 'b'], ['za']],
    ['NotIn', ['a'], ['zc', 'none']],
    ['Exists', [], ['za', 'zc']],
    ['DoesNotExist', [], ['none']],
    ['Near', ['a'], []],
  ])('meet an affinity by %s', (operator, values, expected) => {
    const nodes = [node('za', { labels: { zone: 'a' } }), node('zc', { labels: { zone: 'c' } }), node('none')];
    expect(namesOf(nodes, affinity(operator, values))).toEqual(expected);
  });

  it('are compared as whole numbers by Gt and Lt', () => {
    const nodes = ['9', '10', '11', 'x'].map((zone) => node(zone, { labels: { zone } }));
    expect(namesOf(nodes, affinity('Gt', ['9']))).toEqual(['10', '11']);
    expect(namesOf(nodes, affinity('Lt', ['10']))).toEqual(['9']);
    expect(namesOf(nodes, affinity('Gt', ['nine']))).toEqual([]);
  });

  it('fit one term of several, by name too, and an empty term fits none', () => {
    const byName = { expressions: [], fields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] };
    const empty = { expressions: [], fields: [] };
    expect(namesOf([node('a'), node('b')], { ...anywhere, terms: [empty, byName] })).toEqual(['b']);
    expect(namesOf([node('a')], { ...anywhere, terms: [] })).toEqual([]);
  });

  it('have no taint that is not tolerated', () => {
    const tainted = node('t', { taints: [{ key: 'arch', value: 'arm64', effect: 'NoSchedule' }] });
    const with_ = (key: string, operator: 'Exists' | 'Equal', value: string, effect: string) =>
      namesOf([tainted], { ...anywhere, tolerations: [{ key, operator, value, effect }] }).length;
    expect(namesOf([tainted], anywhere)).toEqual([]);
    expect(with_('arch', 'Equal', 'arm64', 'NoSchedule')).toBe(1);
    expect(with_('arch', 'Equal', 'amd64', '')).toBe(0);
    expect(with_('arch', 'Exists', '', 'NoExecute')).toBe(0);
    expect(with_('', 'Exists', '', '')).toBe(1);
    expect(with_('', 'Equal', '', '')).toBe(0);
  });

  it.each<[string, Partial<NodeFacts>, Partial<SchedulingRules>, string | null]>([
    ['a label has another value', { labels: { a: '2' } }, { nodeSelector: { a: '1' } }, 'its nodeSelector wants a=1'],
    ['no term fits', {}, { terms: [] }, 'no term of its node affinity fits'],
    [
      'a taint repels it',
      { taints: [{ key: 'a', value: '1', effect: 'NoSchedule' }] },
      {},
      'it does not tolerate the taint a=1:NoSchedule',
    ],
    [
      'a taint would end it',
      { taints: [{ key: 'a', value: '', effect: 'NoExecute' }] },
      {},
      'it does not tolerate the taint a=:NoExecute',
    ],
    [
      'a taint only looks like one of the node’s health',
      { taints: [{ key: 'my.node.kubernetes.io/x', value: '', effect: 'NoExecute' }] },
      {},
      'it does not tolerate the taint my.node.kubernetes.io/x=:NoExecute',
    ],
    [
      'a taint only looks like one of the cloud’s',
      { taints: [{ key: 'my.node.cloudprovider.kubernetes.io/x', value: '', effect: 'NoExecute' }] },
      {},
      'it does not tolerate the taint my.node.cloudprovider.kubernetes.io/x=:NoExecute',
    ],
    [
      'another taint is tolerated',
      { taints: [{ key: 'a', value: '1', effect: 'NoSchedule' }] },
      { tolerations: [{ key: 'b', operator: 'Equal', value: '1', effect: '' }] },
      'it does not tolerate the taint a=1:NoSchedule',
    ],
    ['the node is cordoned', { unschedulable: true }, {}, 'the node is cordoned'],
    [
      'the cloud has not prepared the node yet: that passes',
      { taints: [{ key: 'node.cloudprovider.kubernetes.io/uninitialized', value: '', effect: 'NoSchedule' }] },
      {},
      null,
    ],
  ])('are told why not: %s', (_what, facts, rules, why) => {
    expect(whyNotEligible(node('a', facts), { ...anywhere, ...rules })).toBe(why);
  });

  it('meet all of a term, by label and by name', () => {
    const here = { key: 'zone', operator: 'In', values: ['a'] };
    const fits = (...expressions: (typeof here)[]) =>
      namesOf([node('n', { labels: { zone: 'a' } })], { ...anywhere, terms: [{ expressions, fields: [] }] }).length;
    expect([fits(here), fits(here, { ...here, values: ['b'] })]).toEqual([1, 0]);
    const named = (key: string, value: string) => {
      const fields = [{ key, operator: 'In', values: [value] }];
      return namesOf([node('n', { labels: { zone: 'a' } })], { ...anywhere, terms: [{ expressions: [here], fields }] })
        .length;
    };
    expect([named('metadata.name', 'n'), named('metadata.name', 'x'), named('metadata.uid', 'n')]).toEqual([1, 0, 0]);
  });

  it('are not compared by what is no whole number', () => {
    const one = (zone: string, operator: string, values: string[]) =>
      namesOf([node('n', { labels: { zone } })], affinity(operator, values)).length;
    expect([one('1x', 'Gt', ['0']), one('x1', 'Gt', ['0']), one('1', 'Gt', ['0x']), one('1', 'Gt', [])]).toEqual([
      0, 0, 0, 0,
    ]);
    expect([one('-1', 'Lt', ['0']), one('-1', 'Gt', ['-2']), one('1', 'Gt', ['1']), one('1', 'Lt', ['1'])]).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it('may prefer not to, or be unwell just now', () => {
    const taints = [
      { key: 'spot', value: '', effect: 'PreferNoSchedule' },
      { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoExecute' },
    ];
    expect(namesOf([node('a', { taints })], anywhere)).toEqual(['a']);
  });
});

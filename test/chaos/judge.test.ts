import { describe, expect, it } from 'vitest';
import { dice } from '../kernels/dice.ts';
import { absences, type EngineEvent } from './engine-diary.ts';
import { planDeaths } from './plan-deaths.ts';

const event = (action: string, id: string, name: string): EngineEvent => ({
  action,
  id,
  name,
  oldName: null,
  swap: null,
});

describe('the judge of the chaos test', () => {
  it('sees when a service is there under no name', () => {
    const swapped = [
      event('create', 'old', 'web'),
      event('create', 'new', 'web-execfmt-new-1'),
      event('rename', 'old', 'web-execfmt-1.ran.no'),
    ];
    const named = event('rename', 'new', 'web');
    const removed = event('destroy', 'old', 'web-execfmt-1.ran.no');
    expect(absences([...swapped, named, removed], 'web')).toEqual([]);
    expect(absences([...swapped, removed, named], 'web')).toEqual(['after destroy of web-execfmt-1.ran.no']);
    expect(absences([event('create', 'old', 'web'), event('rename', 'old', 'other')], 'web')).toEqual([
      'after rename of other',
    ]);
  });

  it('kills at every point once when there are kills enough, and spread over them when there are not', () => {
    const points = { recovers: 5, 'stays unhealthy': 3 };
    const exact = (kills: number) =>
      planDeaths(points, kills, dice(1)).flatMap(({ health, kills: [first] }) =>
        first?.at === 'commit' ? [`${health} ${first.n}`] : [],
      );
    expect(exact(100)).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => `recovers ${n}`),
      ...[1, 2, 3].map((n) => `stays unhealthy ${n}`),
    ]);
    expect(exact(4)).toEqual(['recovers 1', 'recovers 5']);
    const all = planDeaths(points, 100, dice(1)).reduce((sum, { kills }) => sum + kills.length, 0);
    expect(all).toBeGreaterThanOrEqual(100);
    expect(planDeaths(points, 100, dice(1))).toEqual(planDeaths(points, 100, dice(1)));
  });
});

import { describe, expect, it } from 'vitest';
import { createLru } from '../../adapters/registry/oci/lru.ts';

describe('createLru', () => {
  it('lets go of what was not used for longest', () => {
    const lru = createLru<string>(10);
    lru.set('a', 'A', 4);
    lru.set('b', 'B', 4);
    expect(lru.get('a')).toBe('A');
    lru.set('c', 'C', 4);
    expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual(['A', undefined, 'C']);
  });

  it('counts what is set again once, and keeps nothing heavier than its bound', () => {
    const lru = createLru<string>(10);
    lru.set('a', 'A', 4);
    for (let time = 0; time < 5; time++) lru.set('b', 'B', 6);
    lru.set('huge', 'H', 11);
    expect([lru.get('a'), lru.get('b'), lru.get('huge')]).toEqual(['A', 'B', undefined]);
  });
});

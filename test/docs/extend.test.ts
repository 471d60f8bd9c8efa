import { describe, expect, it } from 'vitest';
import { allPages } from './pages.ts';
import { executePage } from './worked-example.ts';

const pages = allPages().filter((page) => page.startsWith('docs/extend/'));
const MINUTES = 180_000;

/** At least so many tests have to pass: a page whose tests are lost would otherwise pass with none. */
const LEAST: Readonly<Record<string, number>> = {
  'docs/extend/add-a-fault.md': 3,
  'docs/extend/add-a-chat.md': 10,
  'docs/extend/add-a-pipeline.md': 12,
  'docs/extend/add-a-host-type.md': 8,
};

describe('worked examples', () => {
  it('are all there', () => expect(pages.toSorted()).toEqual(Object.keys(LEAST).toSorted()));

  it.each(pages)('%s: its code compiles and its tests pass', { timeout: MINUTES }, (page) => {
    const { types, passed, failures } = executePage(page);
    expect(types).toBe('');
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(LEAST[page] ?? 1);
  });
});

import { describe, expect, it } from 'vitest';
import { coverageTable } from './coverage-table.ts';
import { scoreTable } from './score-table.ts';
import { sectionOf, withSection } from './section.ts';

const count = { tests: ['test/a'], killed: 3, survived: 1, unseen: 0, date: '2026-11-21' };

describe('the page of numbers', () => {
  it('has a section replaced and all else left', () => {
    const page = 'a\n<!-- x -->\nold\nlines\n<!-- end of x -->\n\nz\n<!-- y -->\n<!-- end of y -->\n';
    const after = withSection(page, 'x', 'new');
    expect(after).toBe(page.replace('old\nlines', 'new'));
    expect(withSection(after, 'x', 'new')).toBe(after);
    expect(withSection(page, 'y', 'q')).toBe(page.replace('y -->\n<!', 'y -->\nq\n<!'));
    expect(() => sectionOf(page, 'z')).toThrow('no <!-- z -->');
  });

  it('has a row for each folder, the newest', () => {
    const first = scoreTable('', { ...count, folder: 'src/b' });
    const both = scoreTable(first, { ...count, folder: 'src/a', killed: 0, survived: 0 });
    expect(
      both
        .split('\n')
        .slice(2)
        .map((row) => row.split(' | ').slice(0, 2)),
    ).toEqual([
      ['| `src/a`', 'none'],
      ['| `src/b`', '75.0 %'],
    ]);
    expect(scoreTable(both, { ...count, folder: 'src/b', survived: 3 })).toContain('| `src/b` | 50.0 % |');
  });

  it('adds up files by folder', () => {
    const of = (total: number, covered: number) => ({ lines: { total, covered }, branches: { total: 0, covered: 0 } });
    const table = coverageTable(
      { total: of(9, 9), '/r/src/a/x.ts': of(10, 5), '/r/src/a/b/y.ts': of(10, 10), '/r/src/c.ts': of(20, 0) },
      '/r',
    );
    expect(table.split('\n').slice(2)).toEqual([
      '| `src/a` | 75.0 % | 20 | none | 0 |',
      '| `src/c.ts` | 0.0 % | 20 | none | 0 |',
      '| all of `src` | 37.5 % | 40 | none | 0 |',
    ]);
  });
});

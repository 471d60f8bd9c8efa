import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readPage } from './pages.ts';

/** Rows of attacks: attack, defence, where it is, what tries it. */
const rows = readPage('docs/threat-model.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| attack') && !line.startsWith('| ---'))
  .map((line) => line.slice(2, -2).split(' | '))
  .filter((cells) => cells.length >= 4);
const pathsIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);

describe('docs/threat-model.md', () => {
  it('has many attacks', () => expect(rows.length).toBeGreaterThan(25));

  it.each(rows.map(([attack = '', defence = '', where, test]) => [attack, { defence, where, test }] as const))(
    'says of “%s” where it is defended and what tries that, or that it is not',
    (_, { defence, where, test }) => {
      if (/\*\*(?:not defended|found only)\*\*/.test(defence))
        return expect([where?.trim(), test?.trim()]).toEqual(['', '']);
      expect(pathsIn(where)).not.toEqual([]);
      expect(pathsIn(test)).not.toEqual([]);
      for (const path of [...pathsIn(where), ...pathsIn(test)]) expect(existsSync(join(ROOT, path)), path).toBe(true);
      expect(pathsIn(test).filter((path) => !path.startsWith('test/'))).toEqual([]);
    },
  );
});

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tableOf, withTable } from './table.ts';
import { USE_CASES } from './use-cases.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/chat.md');

describe('the use cases', () => {
  it('are the table in docs/chat.md', () => {
    const page = readFileSync(PAGE, 'utf8');
    const current = withTable(page, tableOf(USE_CASES));
    if (process.env.UPDATE_DOCS === 'true') writeFileSync(PAGE, current);
    expect(readFileSync(PAGE, 'utf8'), 'npm run docs:chats writes it').toBe(current);
  });

  it('have names of their own, which fit into a table', () => {
    const names = USE_CASES.map(({ does }) => does);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => /[|\n]/.test(name))).toEqual([]);
  });

  it('are possible in some chat, and only say of a possible one how it differs', () => {
    for (const { does, not = {}, differs = {}, partly = {} } of USE_CASES) {
      expect(Object.keys(not).length, does).toBeLessThan(4);
      const named = [not, differs, partly].flatMap((notes) => Object.keys(notes));
      expect(new Set(named).size, does).toBe(named.length);
    }
  });
});
